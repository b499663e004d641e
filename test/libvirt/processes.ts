/** Processes on this machine, by their arguments. */
import { readdir, readFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { HostName } from '../drivers/libvirt/daemons.ts';
import type { Stage } from './stage.ts';

export interface Found {
  readonly pid: number;
  readonly words: string;
}

/** Those with all these words among their arguments. */
export async function processesWith(...words: readonly string[]): Promise<Found[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      words: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '),
    })),
  );
  return found.filter((process) => words.every((word) => process.words.includes(word)));
}

/** QEMU of the guest of an instance on one host. */
export async function qemuOf({ daemons }: Stage, host: HostName, instanceId: string): Promise<number | undefined> {
  const [qemu] = await processesWith('qemu-system', `guest=instance-${instanceId}`, `${daemons.folder}/${host}/`);
  return qemu?.pid;
}

/** `virsh` that asks the daemon of a host for something of the instance. */
export const virshAt = ({ daemons }: Stage, host: HostName, word: string, instanceId: string): Promise<Found[]> =>
  processesWith(`virsh -q -c ${daemons.uris[host]} ${word}`, instanceId).then((found) =>
    found.filter(({ words }) => words.startsWith('virsh')),
  );

const patienceMs = 60_000;

/** Looks without a pause until there is something: what is looked for may last milliseconds. */
export async function soon<Result>(awaited: string, look: () => Promise<Result | undefined>): Promise<Result> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await turn()) {
    const result = await look();
    if (result !== undefined) return result;
  }
  throw new Error(`not within ${patienceMs / 1_000} s: ${awaited}`);
}
