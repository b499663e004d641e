/** The job that libvirt has at work on a guest: a copy of its disk or memory. */
import { faultIn } from './faults.ts';
import { domainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';

export interface Job {
  /** `Outgoing migration`, `Save`, `Backup`. */
  readonly operation: string;
  /** How much of it is done, 0 to 1. */
  readonly share: number;
}

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
