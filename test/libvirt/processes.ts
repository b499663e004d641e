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

const patienceMs = 60_000;

/** Looks without a pause until there is something: what is looked for may last milliseconds. */
export async function soon<Result>(awaited: string, look: () => Promise<Result | undefined>): Promise<Result> {
  for (const end = Date.now() + patienceMs; Date.now() < end;) {
    const result = await look();
    if (result !== undefined) return result;
    await turn();
  }
  throw new Error(`not within ${patienceMs / 1_000} s: ${awaited}`);
}

/**
 * Has something begin, and resolves in the middle of it: as soon as the driver has told `virsh` to do this to the instance.
 * Gives what has begun, and the process of `virsh`.
 */
export async function inTheMiddle<Begun extends { readonly instanceId: string }>(
  { places }: Stage,
  word: string,
  begin: () => Promise<Begun>,
): Promise<Begun & { readonly virsh: number }> {
  const calls = async () => (await readFile(places.calls, 'utf8')).split('\n');
  const { length } = await calls();
  const begun = await begin();
  const call = await soon(`virsh ${word}`, async () =>
    (await calls())
      .slice(length - 1)
      .find((line) => line.includes(` ${word} `) && line.includes(`instance-${begun.instanceId}`)),
  );
  return { ...begun, virsh: Number(call.split(' ')[0]) };
}
