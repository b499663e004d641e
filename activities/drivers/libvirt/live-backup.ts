/** A copy of the disk of a guest that runs, as it is at one moment: libvirt's backup job. The guest goes on meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { toBackup } from './domain.ts';
import { faultIn } from './faults.ts';
import { endJob, ownJob } from './own-jobs.ts';
import { domainName } from './layout.ts';
import { heedless, type Act } from './unit.ts';

const glanceMs = 300;

/** Copies the first disk to the file. A job that a delivery before has left is ended first: its file is another. */
export async function backUp(act: Act, file: string): Promise<void> {
  const { host, instanceId, context, delivery } = act;
  const name = domainName(instanceId);
  await endJob(act);
  const { disks } = await host.definition(instanceId, 'live', context);
  const [first = ''] = disks;
  try {
    await delivery.withDraft(toBackup(disks, first, file), (description) =>
      delivery.effect(null, host.virsh('backup-begin', name, description)),
    );
    for (let job = await ownJob(act); job !== null; job = await ownJob(act)) {
      context.progress(job.share);
      await delay(glanceMs, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (context.signal.aborted) await endJob(heedless(act));
    throw error;
  }
  const { stdout, stderr } = await host.glance(['domjobinfo', name, '--completed'], context);
  if (/Job type:\s+Completed/.test(stdout) && /Operation:\s+Backup/.test(stdout)) return;
  throw faultIn('the backup', stdout || stderr);
}
