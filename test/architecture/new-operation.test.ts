/** The worked example of ARCHITECTURE.md, carried out: an operation is one file and one line in the index. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';

const repository = fileURLToPath(new URL('../../', import.meta.url));
/** What is needed to check and to run it. */
const sources = [
  'src',
  'workflows',
  'activities',
  'scripts',
  'test',
  'bench',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'temporal-dev.yml',
];

/** A code block of the page that names a file in its first line. */
interface Block {
  readonly file: string;
  readonly code: string;
}

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-operation-'));
  for (const name of sources) await cp(join(repository, name), join(copy, name), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function blocks(): Promise<Block[]> {
  const page = await readFile(join(repository, 'ARCHITECTURE.md'), 'utf8');
  return [...page.matchAll(/```ts\n\/\/ (src\/operations\/\S+)\n([^`]*(?:`[^`]+`[^`]*)*?)```/g)].map(
    ([, file = '', code = '']) => ({ file, code }),
  );
}

test('the example of a new operation is one file and one line, is sound, and runs', async () => {
  const [declaration, line] = await blocks();
  if (declaration === undefined || line === undefined) throw new Error('the page has no example');
  expect(dirname(declaration.file)).toBe('src/operations');
  expect(line).toEqual({ file: 'src/operations/declarations.ts', code: expect.stringMatching(/^export .*\n$/) });
  await writeFile(join(copy, declaration.file), declaration.code);
  await appendFile(join(copy, line.file), line.code);

  const options = { cwd: copy, preferLocal: true };
  await execa('tsc', ['-p', '.'], options);
  await execa('node', ['--import', 'tsx', 'scripts/check-operations.ts'], options);
  const script = 'test/architecture/run-an-operation.ts';
  const { stdout } = await execa('node', ['--import', 'tsx', script, 'powerCycle'], options);
  expect(JSON.parse(stdout)).toMatchObject({
    operation: 'powerCycle',
    status: 'COMPLETED',
    items: [
      { step: 'powerOff', state: 'COMPLETED' },
      { step: 'powerOn', state: 'COMPLETED' },
    ],
  });
});
