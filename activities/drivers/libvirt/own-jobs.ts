/** Jobs on the guest of a unit, begun by it or by a delivery before. */
import { setTimeout as delay } from 'node:timers/promises';
import { jobOf, type Job } from './jobs.ts';
import { domainName } from './layout.ts';
import type { Act } from './unit.ts';

const glanceMs = 300;

/** The job that is at work on the guest of a unit. */
export const ownJob = ({ host, instanceId, context }: Act): Promise<Job | null> =>
  jobOf(host, instanceId, context.signal);

/** Waits until no job is at work on it: one that a delivery before has left under way ends by itself. */
export async function untilNoJob(act: Act): Promise<void> {
  for (let job = await ownJob(act); job !== null; job = await ownJob(act)) {
    act.context.progress(job.share);
    await delay(glanceMs, undefined, { signal: act.context.signal });
  }
}

/** Ends whatever job is at work on it, and waits until there is none, and nobody is left who could begin one. */
export async function endJob(act: Act): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  while ((await ownJob(act)) !== null || !(await delivery.isIdle())) {
    await delivery.attempt(host.virsh('domjobabort', domainName(instanceId)));
    context.progress(0);
    await delay(glanceMs, undefined, { signal: context.signal });
  }
}
