/** The command line as a process of its own, in a fleet. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { environmentFor } from '../../src/dev/worker-command.ts';
import type {
  ChangeRepresentation,
  InstanceRepresentation,
  TaskRepresentation,
} from '../../src/model/representation.ts';
import type { Fleet } from '../support/fleet.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/itask.js');

/** How a command ended and what it printed. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command ended and the document that it printed. */
export interface Answer<Document = unknown> {
  readonly exitCode: number | undefined;
  readonly document: Document;
}

/** Only a test that fails waits so long. */
const timeout = 60_000;

export class Itask {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #folder: string;

  constructor(env: Readonly<Record<string, string | undefined>>, folder: string) {
    this.#env = env;
    this.#folder = folder;
  }

  /** Starts a command. */
  start(...words: readonly string[]) {
    const options = { env: this.#env, extendEnv: false, cwd: this.#folder, reject: false, timeout } as const;
    return execa(process.execPath, [program, ...words], options);
  }

  /** Runs a command to its end. */
  async run(...words: readonly string[]): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await this.start(...words);
    return { exitCode, stdout, stderr };
  }

  /** Runs a command with `-o json`: all of its output must be one document. */
  async json(...words: readonly string[]): Promise<Answer> {
    const { exitCode, stdout } = await this.run(...words, '-o', 'json');
    return { exitCode, document: JSON.parse(stdout) as unknown };
  }

  /** The same for a command that prints an instance. */
  async instance(...words: readonly string[]): Promise<Answer<InstanceRepresentation>> {
    const { exitCode, document } = await this.json(...words);
    return { exitCode, document: document as InstanceRepresentation };
  }

  /** The same for a command that prints a task. */
  async task(...words: readonly string[]): Promise<Answer<TaskRepresentation>> {
    const { exitCode, document } = await this.json(...words);
    return { exitCode, document: document as TaskRepresentation };
  }

  /** What watching a task to its end prints for a program. */
  async changes(taskId: string, ...words: readonly string[]): Promise<ChangeRepresentation[]> {
    const { stdout } = await this.run('task', 'watch', taskId, '-o', 'json', ...words);
    return stdout.split('\n').map((line) => JSON.parse(line) as ChangeRepresentation);
  }
}

/** The command line for whoever sits before this fleet, with a configuration that has its hosts and one that nobody serves. */
export async function itaskFor({ surroundings }: Fleet): Promise<Itask> {
  const { folder, address, namespace, secretKeys } = surroundings;
  const declared = await readFile(join(root, 'temporal-dev.yml'), 'utf8');
  // Its state is where the fleet's hosts keep theirs.
  await writeFile(join(folder, 'temporal-dev.yml'), declared.replace('.dev/hypervisors', 'hypervisors'));
  const env = environmentFor({ address, namespace, own: true }, process.env);
  const unset = { FORCE_COLOR: undefined, ITASK_CONFIG: undefined };
  return new Itask({ ...env, ...unset, ITASK_ACTOR: 'alice', ITASK_SECRET_KEYS: secretKeys }, folder);
}

/** Until a process has printed that, or has ended. */
export async function untilPrinted(stream: Readable, text: string): Promise<void> {
  let printed = '';
  await new Promise<void>((resolve) => {
    stream.once('end', resolve).on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes(text)) resolve();
    });
  });
}
