/** `itask` over a fleet with a configuration of its own, and `itask api` as processes that can be killed. */
import { execa } from 'execa';
import { z } from 'zod';
import { provideClouds } from '../../src/dev/clouds.ts';
import { saysReady } from '../../src/dev/worker-command.ts';
import { temporaryClone, type TemporaryClone } from '../dev/temporary-clone.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet } from '../support/fleet.ts';

const readySchema = z.object({ url: z.string() });

export class ApiCommand {
  readonly clone: TemporaryClone;
  readonly #fleet: Fleet;

  private constructor(fleet: Fleet, clone: TemporaryClone) {
    this.#fleet = fleet;
    this.clone = clone;
  }

  /** Its configuration is the project's own, but for `change`; the clouds of the first start are there. */
  static async prepare(fleet: Fleet, change?: Parameters<typeof temporaryClone>[0]): Promise<ApiCommand> {
    const clone = await temporaryClone(change);
    if (clone.configuration.api !== null) await provideClouds(clone.configuration.api);
    return new ApiCommand(fleet, clone);
  }

  itask(words: readonly string[], input = '') {
    const { address, namespace, secretKeys } = this.#fleet.surroundings;
    return execa(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
      env: {
        ITASK_CONFIG: this.clone.file,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        ITASK_SECRET_KEYS: secretKeys,
      },
      input,
      reject: false,
    });
  }

  /** A further process that serves the API, at a port of its own unless one is named. */
  async serve(port = 0) {
    const process = this.itask(['api', '--port', String(port)]);
    const lines: string[] = [];
    process.stderr.on('data', (data: Buffer) => lines.push(...data.toString().split('\n')));
    const ready = await eventually('the API is ready', async () => Promise.resolve(lines.find(saysReady)));
    const { url } = readySchema.parse(JSON.parse(ready));
    return {
      url,
      process,
      /** As an operator ends it. */
      end: async () => {
        process.kill('SIGTERM');
        return process;
      },
    };
  }

  async tokenOf(user: string): Promise<string> {
    return (await this.itask(['api', 'token', user])).stdout;
  }
}
