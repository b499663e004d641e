/** Writes what docs tell of declarations. With --check it writes nothing, and fails when the pages are not current. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operationsFolder, pages } from './docs/pages.ts';

const folder = fileURLToPath(new URL('../docs/', import.meta.url));
const wanted = await pages();
await mkdir(join(folder, operationsFolder), { recursive: true });
const present = (await readdir(join(folder, operationsFolder))).map((file) => `${operationsFolder}/${file}`);
const abandoned = present.filter((file) => !wanted.has(file));
const outdated: string[] = [];
for (const [file, text] of wanted) {
  const current = await readFile(join(folder, file), 'utf8').catch(() => null);
  if (current !== text) outdated.push(file);
}

if (!process.argv.includes('--check')) {
  for (const file of outdated) await writeFile(join(folder, file), wanted.get(file) ?? '');
  for (const file of abandoned) await rm(join(folder, file));
} else if (outdated.length + abandoned.length > 0) {
  console.error(`docs are not what the declarations say: ${[...outdated, ...abandoned].join(', ')}`);
  console.error('npm run docs writes it anew.');
  process.exitCode = 1;
}
