/** What `npm start` runs, with workers that only pretend. Arguments: the configuration, and the demonstration's line. */
import { loadConfiguration } from '../../src/dev/configuration.ts';
import { launch } from '../../src/dev/launcher.ts';
import { environmentFor, saysReady, type Target } from '../../src/dev/worker-command.ts';

const [, , file = 'temporal-dev.yml'] = process.argv;
const report = (line: string) => void process.stdout.write(`${line}\n`);

const exitCode = await launch({
  configuration: await loadConfiguration(file),
  env: process.env,
  report,
  workers: (_configuration, target: Target, env) =>
    ['control', 'host-1'].map((name) => ({
      name,
      program: process.execPath,
      arguments: ['test/dev/fake-worker.mjs'],
      folder: process.cwd(),
      env: environmentFor(target, env),
    })),
  isReady: saysReady,
  demo: async ({ uiUrl }) => report(`Demonstration at ${uiUrl}`),
});
process.exit(exitCode);
