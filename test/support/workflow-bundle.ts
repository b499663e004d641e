/** The bundle of the workflows as they are now, made once for all test files: a control worker starts in a second then. */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { bundleOptions } from '../../src/worker/workflow-source.ts';
import { cachedFile } from './source-cache.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['workflows', 'src/model', 'src/operations', 'src/worker/workflow-source.ts', 'package-lock.json'];

interface BundleChoice {
  readonly traced?: boolean;
  /** A module to be loaded with the declarations, in their place. Whatever it is made of is in its folder. */
  readonly preloaded?: string;
}

/** Path of the bundle, with tracing or without, which is made where there is none of the present sources. */
export async function workflowBundle({ traced = false, preloaded }: BundleChoice = {}): Promise<string> {
  const own = preloaded === undefined ? [] : [relative(root, dirname(preloaded))];
  const prefix = `workflows-${traced ? 'traced-' : ''}`;
  const options = { ...bundleOptions(traced), ...(preloaded !== undefined && { preloadModules: [preloaded] }) };
  return cachedFile(prefix, '.js', [...sources, ...own], (draft) =>
    execa(process.execPath, [
      '--import',
      'tsx',
      join(root, 'test/support/bundle-process.ts'),
      draft,
      JSON.stringify(options),
    ]),
  );
}
