/** The job that libvirt has at work on a guest: a copy of its disk or memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { faultIn } from './faults.ts';
import { domainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act } from './unit.ts';

export interface Job {
  /** `Outgoing migration`, `Save`, `Backup`. */
  readonly operation: string;
  /** How much of it is done, 0 to 1. */
  readonly share: number;
}

const glanceMs = 300;
const units: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Null where there is none, or no guest that runs. */
export async function jobOf(host: LibvirtHost, instanceId: string, signal?: AbortSignal): Promise<Job | null> {
  const { exitCode, stdout, stderr } = await host.glance(['domjobinfo', domainName(instanceId)], {
    ...(signal && { signal }),
  });
  if (exitCode !== 0) {
    const fault = faultIn('virsh', stderr);
    if (fault.code === 'HYPERVISOR_UNREACHABLE') throw fault;
    return null;
  }
  if (/Job type:\s+None/.test(stdout)) return null;
  const total = bytesIn(stdout, 'Data total') || bytesIn(stdout, 'File total');
  const processed = bytesIn(stdout, 'Data processed') || bytesIn(stdout, 'File processed');
  const operation = /^Operation:\s+(.+?)\s*$/m.exec(stdout)?.[1] ?? '';
  return { operation, share: total > 0 ? Math.min(1, processed / total) : 0 };
}

function bytesIn(text: string, name: string): number {
  const [, value = '0', unit = 'B'] = new RegExp(`^${name}:\\s+([\\d.]+) (\\S+)`, 'm').exec(text) ?? [];
  return Number(value) * (units[unit] ?? 1);
}

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
