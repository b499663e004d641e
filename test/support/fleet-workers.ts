/** The worker processes of a fleet. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logLines, logSize } from '../../src/dev/log-file.ts';
import { startProcess } from '../../src/dev/server-process.ts';
import { environmentFor, saysReady } from '../../src/dev/worker-command.ts';
import { bundledScript } from './bundled-script.ts';
import { FleetProcess } from './fleet-process.ts';
import type { WorkerSettings } from './worker-settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'test/support/worker-process.ts');

/** Where workers of a fleet find Temporal, what they open secrets with, and where they leave their logs. */
export interface WorkerSurroundings {
  readonly address: string;
  readonly namespace: string;
  readonly folder: string;
  /** As ITASK_SECRET_KEYS has them. */
  readonly secretKeys: string;
}

/** A process of workers with these settings, not yet started. It is ready once it says so. */
export const workerProcess = (
  name: string,
  settings: WorkerSettings,
  surroundings: WorkerSurroundings,
  program = script,
): FleetProcess =>
  nodeProcess(
    name,
    async () => ['--enable-source-maps', await bundledScript(program), JSON.stringify(settings)],
    surroundings,
  );

/** A process of Node with these words, which logs `ready` when it takes work; not yet started. */
export function nodeProcess(
  name: string,
  words: () => Promise<readonly string[]>,
  surroundings: WorkerSurroundings,
): FleetProcess {
  const { address, namespace, folder, secretKeys } = surroundings;
  const log = join(folder, `${name}.log`);
  const command = async () => ({
    program: process.execPath,
    arguments: await words(),
    folder: root,
    env: { ...environmentFor({ address, namespace, own: true }, process.env), ITASK_SECRET_KEYS: secretKeys },
  });
  let logFrom = 0;
  return new FleetProcess(name, {
    launch: async () => {
      logFrom = await logSize(log);
      return startProcess(await command(), log);
    },
    isReady: async () => (await logLines(log, logFrom)).some(saysReady),
  });
}
