/** Programs of libvirt and QEMU, run without a shell. */
import { execa } from 'execa';
import { cutOff, faultIn, silenceOf } from './faults.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** How long it may take; 60 s where absent. */
  readonly timeoutSeconds?: number;
  /** What it reads; nothing where absent. */
  readonly input?: string;
  /** Is told what it prints, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** What faults call it; its own name where absent. */
  readonly called?: string;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As libvirt makes others wait half of that for the job of a guest, no call that changes something is given up earlier. */
const usualSeconds = 60;

/**
 * Runs a program to its end. Raises HYPERVISOR_UNREACHABLE when it takes too long or is killed by somebody: what became of
 * its request nobody knows then. Throws the signal's reason.
 */
export async function ended([program, ...words]: Command, options: CommandOptions = {}): Promise<Ended> {
  const { signal, timeoutSeconds = usualSeconds, input, onOutput, called = program } = options;
  const running = execa(program, words, {
    // Its words are understood in one language.
    env: { LC_ALL: 'C' },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
    timeout: timeoutSeconds * 1_000,
    forceKillAfterDelay: 2_000,
    ...(signal && { cancelSignal: signal }),
  });
  if (onOutput) running.stdout.on('data', (chunk) => onOutput(String(chunk)));
  const { exitCode, stdout, stderr, timedOut, isCanceled, signal: killedBy, shortMessage } = await running;
  if (isCanceled) signal?.throwIfAborted();
  if (timedOut) throw silenceOf(called, timeoutSeconds);
  if (killedBy !== undefined) throw cutOff(called, killedBy);
  if (exitCode === undefined) throw faultIn(called, shortMessage ?? 'it could not be run');
  return { exitCode, stdout, stderr };
}

/** What the program prints. Raises what its failure means. */
export async function output(command: Command, options: CommandOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await ended(command, options);
  if (exitCode !== 0) throw faultIn(options.called ?? command[0], stderr || stdout);
  return stdout;
}
