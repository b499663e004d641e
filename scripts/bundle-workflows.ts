/** Bundles the workflows as workers load them in production: `dist/workflow-bundle.js`. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const target = pathOf('../dist/workflow-bundle.js');

const { code } = await bundleWorkflowCode({
  workflowsPath: pathOf('../workflows/index.ts'),
  logger: new DefaultLogger('WARN'),
  // Source maps name files as the repository does, not where they lie on this machine.
  webpackConfigHook: (config) => ({
    ...config,
    output: { ...config.output, devtoolModuleFilenameTemplate: '[resource-path]' },
  }),
});

await mkdir(pathOf('../dist/'), { recursive: true });
// Whoever reads it meanwhile finds the old bundle or the new one, whole.
const unfinished = `${target}.${process.pid}`;
await writeFile(unfinished, code);
await rename(unfinished, target);
console.log(`dist/workflow-bundle.js: ${Math.round(code.length / 1024)} KiB`);
