/** The bundle of the workflows as they are now, made once for all test files: a control worker starts in a second then. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { bundleOptions } from '../../src/worker/workflow-source.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'instance-tasks');
const sources = ['workflows', 'src/model', 'src/operations', 'src/worker/workflow-source.ts', 'package-lock.json'];
/** Bundles of other sources that nobody has used for so long are removed. */
const abandonedAfterMs = 24 * 3_600_000;

interface BundleChoice {
  readonly traced?: boolean;
  /** A module to be loaded with the declarations, in their place. Whatever it is made of is in its folder. */
  readonly preloaded?: string;
}

/** Path of the bundle, with tracing or without, which is made where there is none of the present sources. */
export async function workflowBundle({ traced = false, preloaded }: BundleChoice = {}): Promise<string> {
  const own = preloaded === undefined ? [] : [relative(root, dirname(preloaded))];
  const path = join(cache, `workflows-${traced ? 'traced-' : ''}${await hashOf([...sources, ...own])}.js`);
  if (await exists(path)) return path;
  await mkdir(cache, { recursive: true });
  await removeAbandoned();
  const draft = `${path}.${process.pid}`;
  await execa(process.execPath, [
    '--import',
    'tsx',
    join(root, 'test/support/bundle-process.ts'),
    draft,
    JSON.stringify({ ...bundleOptions(traced), ...(preloaded !== undefined && { preloadModules: [preloaded] }) }),
  ]);
  await rename(draft, path);
  return path;
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesIn(join(root, path)))
      hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (name.startsWith('workflows-') && Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
