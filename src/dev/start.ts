/**
 * `npm start`: Temporal, the workers and the demonstration, from `temporal-dev.yml` or the file that is named;
 * `npm start -- --driver libvirt` from `temporal-libvirt.yml`.
 */
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { provideClouds } from './clouds.ts';
import { colors } from './colors.ts';
import { loadConfiguration } from './configuration.ts';
import { runDemo } from './demo.ts';
import { launch } from './launcher.ts';
import { reasonOf, SetUpError } from './set-up-error.ts';
import { saysReady, workerCommands } from './worker-command.ts';

const { env, stdout } = process;
const report = (line: string) => void stdout.write(`${line}\n`);

const files = { simulated: 'temporal-dev.yml', libvirt: 'temporal-libvirt.yml' } as const;
const isDriver = (name: string): name is keyof typeof files => Object.hasOwn(files, name);
const usage = 'usage: npm start, npm start -- --driver libvirt, or npm start -- FILE with a configuration of your own';

/** What the command line names. Throws a {@link SetUpError}. */
function configurationFile(): string {
  const { values, positionals } = wordsOfCommand();
  const { driver = 'simulated' } = values;
  const [file, ...more] = positionals;
  if (more.length > 0 || (file !== undefined && values.driver !== undefined)) throw new SetUpError(usage);
  if (file !== undefined) return file;
  if (!isDriver(driver)) throw new SetUpError(`There is no driver "${driver}", only ${Object.keys(files).join(', ')}.`);
  return fileURLToPath(new URL(`../../${files[driver]}`, import.meta.url));
}

function wordsOfCommand() {
  try {
    return parseArgs({ options: { driver: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new SetUpError(`${reasonOf(error)}\n${usage}`);
  }
}

async function main(): Promise<number> {
  const configuration = await loadConfiguration(configurationFile());
  if (configuration.api !== null) await provideClouds(configuration.api);
  return launch({ configuration, env, report, workers: workerCommands, isReady: saysReady, demo: runDemo });
}

const exitCode = await main().catch((error: unknown) => {
  report(colors.red(error instanceof Error ? error.message : reasonOf(error)));
  return 1;
});
// Libraries may hold on to the process, and nothing is left to wait for.
process.exit(exitCode);
