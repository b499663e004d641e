/** Programs of libvirt and QEMU, run without a shell. */
import { execa } from 'execa';
import { faultIn, silenceOf } from './faults.ts';

export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** How long it may take; 60 s where absent. */
  readonly timeoutSeconds?: number;
  /** What it reads; nothing where absent. */
  readonly input?: string;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As libvirt makes others wait that long for the job of a guest, none of its calls is given up earlier. */
const usualSeconds = 60;

/** Runs a program to its end. Raises HYPERVISOR_UNREACHABLE when it takes too long; throws the signal's reason. */
export async function ended(
  [program, ...words]: readonly [string, ...string[]],
  { signal, timeoutSeconds = usualSeconds, input }: CommandOptions = {},
): Promise<Ended> {
  const { exitCode, stdout, stderr, timedOut, isCanceled, shortMessage } = await execa(program, words, {
    // Its words are understood in one language.
    env: { LC_ALL: 'C' },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
    timeout: timeoutSeconds * 1_000,
    forceKillAfterDelay: 5_000,
    ...(signal && { cancelSignal: signal }),
  });
  if (isCanceled) signal?.throwIfAborted();
  if (timedOut) throw silenceOf(program, timeoutSeconds);
  if (exitCode === undefined) throw faultIn(program, shortMessage ?? 'it could not be run');
  return { exitCode, stdout, stderr };
}

/** What the program prints. Raises what its failure means. */
export async function output(command: readonly [string, ...string[]], options: CommandOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await ended(command, options);
  if (exitCode !== 0) throw faultIn(command[0], stderr || stdout);
  return stdout;
}
