/** Scripts of worker processes in one file each, as they are now: tests start many, and reading the sources takes a second. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cachedFile } from './source-cache.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['src', 'activities', 'workflows', 'test/support', 'test/matrix/planted', 'package-lock.json'];

const bundles = new Map<string, Promise<string>>();

/** Path of the script with all sources that it needs, without the packages. */
export function bundledScript(script: string): Promise<string> {
  const bundle = bundles.get(script) ?? make(script);
  bundles.set(script, bundle);
  return bundle;
}

const make = (script: string): Promise<string> =>
  cachedFile(`${basename(script, '.ts')}-`, '.mjs', sources, (draft) =>
    execa(
      'esbuild',
      [
        script,
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--target=node20',
        '--packages=external',
        '--sourcemap=inline',
        '--log-level=warning',
        `--outfile=${draft}`,
      ],
      { preferLocal: true, localDir: root },
    ),
  );
