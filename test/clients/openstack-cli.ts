/** The `openstack` command line: what it prints, or what it says when it fails. */
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { ServedCloud } from '../support/served-cloud.ts';
import { environmentOf } from './told-steps.ts';

const patienceMs = 90_000;
const row = z.record(z.string(), z.unknown());
export type Row = z.output<typeof row>;

/** The command line with one cloud of the file. */
export class OpenStackCli {
  readonly #program: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(programs: string, cloud: ServedCloud, cloudName: string) {
    this.#program = join(programs, 'openstack');
    this.#env = { ...environmentOf(cloud), OS_CLOUD: cloudName };
  }

  /** Throws with what it has said unless it succeeds. */
  async run(...words: readonly string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await this.#start(words);
    if (exitCode !== 0) throw new Error(`openstack ${words.join(' ')} has failed: ${stderr || stdout}`);
    return stdout;
  }

  /** What is shown of one thing. */
  async show(...words: readonly string[]): Promise<Row> {
    return row.parse(JSON.parse(await this.run(...words, '--format', 'json')));
  }

  async list(...words: readonly string[]): Promise<readonly Row[]> {
    return z.array(row).parse(JSON.parse(await this.run(...words, '--format', 'json')));
  }

  /** What it says when it fails, as it must. */
  async refused(...words: readonly string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await this.#start(words);
    if (exitCode === 0) throw new Error(`openstack ${words.join(' ')} should have failed: ${stdout}`);
    return stderr;
  }

  #start(words: readonly string[]) {
    return execa(this.#program, words, { env: this.#env, extendEnv: false, reject: false, timeout: patienceMs });
  }
}
