/** Bundles the workflows as workers load them in production: one with tracing and one without. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleName, bundleOptions } from '../src/worker/workflow-source.ts';

const target = fileURLToPath(new URL('../dist/', import.meta.url));
await mkdir(target, { recursive: true });
for (const traced of [false, true]) await bundle(traced);

async function bundle(traced: boolean): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...bundleOptions(traced),
    logger: new DefaultLogger('WARN'),
    // Source maps name files as the repository does, not where they lie on this machine.
    webpackConfigHook: (config) => ({
      ...config,
      output: { ...config.output, devtoolModuleFilenameTemplate: '[resource-path]' },
    }),
  });
  const path = `${target}${bundleName(traced)}`;
  // Whoever reads it meanwhile finds the old bundle or the new one, whole.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, path);
  console.log(`dist/${bundleName(traced)}: ${Math.round(code.length / 1024)} KiB`);
}
