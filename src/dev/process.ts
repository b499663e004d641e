import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { poll } from './poll.ts';
import { failedWith } from './set-up-error.ts';

/**
 * What tells a process from a later one that was given the same number: when it was started, in the system's own words.
 * Undefined when no such process runs.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxIdentity(pid);
  const { stdout } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
  return stdout.trim() || undefined;
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in brackets, which may hold anything.
  const [state, ...fields] = status?.slice(status.lastIndexOf(')') + 2).split(' ') ?? [];
  const hasEnded = state === undefined || state === 'Z' || state === 'X';
  return hasEnded ? undefined : fields[18];
}

/** Whether the process of that number and identity still runs. */
export const processRuns = async (pid: number, identity: string): Promise<boolean> =>
  (await processIdentity(pid)) === identity;

/** Sends a signal to a process; one that is gone is no error. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!failedWith(error, 'ESRCH')) throw error;
  }
}

/** Asks a process to end, and kills it when it has not done so in time. Returns when it is gone. */
export async function endProcess(pid: number, identity: string, graceMs: number): Promise<void> {
  const ended = async () => !(await processRuns(pid, identity)) || undefined;
  if (await ended()) return;
  sendSignal(pid, 'SIGTERM');
  if (await poll(ended, { withinMs: graceMs, everyMs: 50 })) return;
  sendSignal(pid, 'SIGKILL');
  await poll(ended, { withinMs: 5_000, everyMs: 20 });
}
