/** The command line as a process of its own, in a fleet. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';
import { environmentFor } from '../../src/dev/worker-command.ts';
import type { Fleet } from '../support/fleet.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/itask.js');

/** How a command ended and what it printed. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only a test that fails waits so long. */
const timeout = 60_000;

export class Itask {
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;

  constructor(env: NodeJS.ProcessEnv, folder: string) {
    this.#env = env;
    this.#folder = folder;
  }

  /** Starts a command. */
  start(...words: readonly string[]): ResultPromise<{ reject: false; extendEnv: false; timeout: number }> {
    return execa(process.execPath, [program, ...words], {
      env: this.#env,
      extendEnv: false,
      cwd: this.#folder,
      reject: false,
      timeout,
    });
  }

  /** Runs a command to its end. */
  async run(...words: readonly string[]): Promise<Outcome> {
    const { exitCode, stdout, stderr } = await this.start(...words);
    return { exitCode, stdout, stderr };
  }

  /** Runs a command with `-o json` and gives the one document that it prints. */
  async json<Document>(...words: readonly string[]): Promise<{ exitCode: number | undefined; document: Document }> {
    const { exitCode, stdout } = await this.run(...words, '-o', 'json');
    const document: Document = JSON.parse(stdout);
    return { exitCode, document };
  }
}

/** The command line for whoever sits before this fleet, with a configuration that has its hosts and one that nobody serves. */
export async function itaskFor({ surroundings }: Fleet): Promise<Itask> {
  const { folder, address, namespace } = surroundings;
  const declared = await readFile(join(root, 'temporal-dev.yml'), 'utf8');
  // Its state is where the fleet's hosts keep theirs.
  await writeFile(join(folder, 'temporal-dev.yml'), declared.replace('.dev/hypervisors', 'hypervisors'));
  const env = { ...environmentFor({ address, namespace, own: true }, process.env), ITASK_ACTOR: 'alice' };
  const { FORCE_COLOR: _forced, ITASK_CONFIG: _other, ...plain } = env;
  return new Itask(plain, folder);
}
