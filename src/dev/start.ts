/** `npm start`: Temporal, the workers and the demonstration, from `temporal-dev.yml` or the file that is named. */
import { fileURLToPath } from 'node:url';
import { provideClouds } from './clouds.ts';
import { colors } from './colors.ts';
import { loadConfiguration } from './configuration.ts';
import { runDemo } from './demo.ts';
import { launch } from './launcher.ts';
import { reasonOf } from './set-up-error.ts';
import { saysReady, workerCommands } from './worker-command.ts';

const { argv, env, stdout } = process;
const report = (line: string) => void stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const file = argv[2] ?? fileURLToPath(new URL('../../temporal-dev.yml', import.meta.url));
  const configuration = await loadConfiguration(file);
  if (configuration.api !== null) await provideClouds(configuration.api);
  return launch({ configuration, env, report, workers: workerCommands, isReady: saysReady, demo: runDemo });
}

const exitCode = await main().catch((error: unknown) => {
  report(colors.red(error instanceof Error ? error.message : reasonOf(error)));
  return 1;
});
// Libraries may hold on to the process, and nothing is left to wait for.
process.exit(exitCode);
