import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What the bundler is to make the code of the workflows from, with OpenTelemetry's interceptors or without. */
export function bundleOptions(
  traced: boolean,
): Required<Pick<BundleOptions, 'workflowsPath' | 'preloadModules'>> &
  Pick<BundleOptions, 'workflowInterceptorModules'> {
  const interceptors = createRequire(import.meta.url).resolve(
    '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js',
  );
  return {
    workflowsPath: pathOf('../../workflows/index.ts'),
    // Declarations are data that nothing writes to: made once for all workflows of a thread, not for each one.
    preloadModules: [pathOf('../operations/index.ts')],
    ...(traced && { workflowInterceptorModules: [interceptors] }),
  };
}

/** Name of the file that a build keeps such a bundle in. */
export const bundleName = (traced: boolean): string => (traced ? 'workflow-bundle-traced.js' : 'workflow-bundle.js');

/** The bundle that a build has made, beside the compiled code; from the sources one is made on the spot. */
export function workflowSource(
  traced: boolean,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors' | 'bundlerOptions'> {
  const codePath = pathOf(`../../${bundleName(traced)}`);
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  const { workflowsPath, preloadModules, workflowInterceptorModules = [] } = bundleOptions(traced);
  const interceptors = { workflowModules: workflowInterceptorModules };
  return { workflowsPath, interceptors, bundlerOptions: { preloadModules } };
}
