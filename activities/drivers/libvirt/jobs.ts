/** The job that libvirt has at work on a guest: a copy of its disk or memory. */
import { ended } from './commands.ts';
import { domainName } from './layout.ts';
import type { Act } from './unit.ts';

export interface Job {
  /** How much of it is done, 0 to 1. */
  readonly share: number;
}

const units: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Null where there is none. */
export async function jobOf({ host, instanceId, context }: Act): Promise<Job | null> {
  const { exitCode, stdout } = await ended(host.virsh('domjobinfo', domainName(instanceId)), context);
  if (exitCode !== 0 || /Job type:\s+None/.test(stdout)) return null;
  const total = bytesIn(stdout, 'Data total') || bytesIn(stdout, 'File total');
  const processed = bytesIn(stdout, 'Data processed') || bytesIn(stdout, 'File processed');
  return { share: total > 0 ? Math.min(1, processed / total) : 0 };
}

function bytesIn(text: string, name: string): number {
  const [, value = '0', unit = 'B'] = new RegExp(`^${name}:\\s+([\\d.]+) (\\S+)`, 'm').exec(text) ?? [];
  return Number(value) * (units[unit] ?? 1);
}
