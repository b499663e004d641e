import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  await cp('scripts/prestart.mjs', join(folder, 'scripts/prestart.mjs'));
  await writeJson('package.json', { engines: { node: '>=20.3' } });
  await writeJson('package-lock.json', { packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } });
  // Stands in for npm: tells how it was called, and installs in its own way.
  await writeFile(
    join(folder, 'npm.mjs'),
    `import { copyFileSync, mkdirSync } from 'node:fs';
     console.log('npm', process.argv.slice(2).join(' '));
     if (process.env.NPM_FAILS) process.exit(1);
     mkdirSync('node_modules', { recursive: true });
     copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`,
  );
});
afterEach(() => rm(folder, { recursive: true }));

const writeJson = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content));

const prestart = (env: Record<string, string> = {}) =>
  execa(process.execPath, ['scripts/prestart.mjs'], {
    cwd: folder,
    env: { npm_execpath: join(folder, 'npm.mjs'), ...env },
    all: true,
    reject: false,
  });

describe('what runs before npm start', () => {
  test('installs the dependencies once, with those for development, and then has nothing to do', async () => {
    const first = await prestart({ NODE_ENV: 'production' });
    expect(first).toMatchObject({ exitCode: 0, all: expect.stringContaining('Installing 1 packages') });
    expect(first.all).toContain('npm ci --include=dev');
    expect(await prestart()).toMatchObject({ exitCode: 0, all: '' });
  });

  test('installs them anew when the lock file names another version, and not when it was only touched', async () => {
    await prestart();
    const lock = join(folder, 'package-lock.json');
    await writeFile(lock, await readFile(lock, 'utf8'));
    expect((await prestart()).all).toBe('');
    await writeJson('package-lock.json', { packages: { '': {}, 'node_modules/one': { version: '1.0.1' } } });
    expect((await prestart()).all).toContain('npm ci');
  });

  test('installs them anew when an installation was cut off', async () => {
    await mkdir(join(folder, 'node_modules/one'), { recursive: true });
    expect((await prestart()).all).toContain('npm ci');
  });

  test('does not mind that packages for other platforms are not there', async () => {
    await prestart();
    const packages = {
      '': {},
      'node_modules/one': { version: '1.0.0' },
      'node_modules/one-for-windows': { version: '1.0.0', optional: true },
    };
    await writeJson('package-lock.json', { packages });
    expect(await prestart()).toMatchObject({ exitCode: 0, all: '' });
  });

  test('says which Node.js is needed', async () => {
    await writeJson('package.json', { engines: { node: '>=99.1' } });
    expect(await prestart()).toMatchObject({
      exitCode: 1,
      all: `Node.js 99.1 or newer is needed; this is ${process.versions.node}, at ${process.execPath}.`,
    });
  });

  test('fails when the dependencies cannot be installed', async () => {
    const failed = await prestart({ NPM_FAILS: 'yes' });
    expect(failed).toMatchObject({ exitCode: 1, all: expect.stringContaining('could not be installed') });
  });
});
