/** Files that are made of the sources, once for all test files: kept as long as the sources stay as they are. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'instance-tasks');
/** Files of other sources that nobody has made for so long are removed. */
const abandonedAfterMs = 24 * 3_600_000;

/** Path of the file that `make` makes of these sources; it is made where there is none. */
export async function cachedFile(
  prefix: string,
  suffix: string,
  sources: readonly string[],
  make: (draft: string) => Promise<unknown>,
): Promise<string> {
  const path = join(cache, `${prefix}${await hashOf(sources)}${suffix}`);
  if (await exists(path)) return path;
  await mkdir(cache, { recursive: true });
  await removeAbandoned(prefix);
  const draft = `${path}.${process.pid}`;
  await make(draft);
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

async function removeAbandoned(prefix: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (name.startsWith(prefix) && Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
