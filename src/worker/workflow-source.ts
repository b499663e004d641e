import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What the bundler is to make the code of the workflows from, with OpenTelemetry's interceptors or without. */
export function bundleOptions(traced: boolean): Pick<BundleOptions, 'workflowsPath' | 'workflowInterceptorModules'> {
  const interceptors = createRequire(import.meta.url).resolve(
    '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js',
  );
  return {
    workflowsPath: pathOf('../../workflows/index.ts'),
    ...(traced && { workflowInterceptorModules: [interceptors] }),
  };
}

/** Name of the file that a build keeps such a bundle in. */
export const bundleName = (traced: boolean): string => (traced ? 'workflow-bundle-traced.js' : 'workflow-bundle.js');

/** The bundle that a build has made, beside the compiled code; from the sources one is made on the spot. */
export function workflowSource(
  traced: boolean,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  const codePath = pathOf(`../../${bundleName(traced)}`);
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  const { workflowsPath, workflowInterceptorModules = [] } = bundleOptions(traced);
  return { workflowsPath, interceptors: { workflowModules: workflowInterceptorModules } };
}
