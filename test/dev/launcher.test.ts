import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { devDown, devUp } from '../../src/dev/dev-server.ts';
import { listens } from '../../src/dev/dial.ts';
import { runningProcess } from '../../src/dev/process-record.ts';
import { processIdentity } from '../../src/dev/process.ts';
import { recordFile } from '../../src/dev/temporal-server.ts';
import { temporaryClone, type TemporaryClone } from './temporary-clone.ts';

const { TEMPORAL_ADDRESS: _address, ...environment } = process.env;
let clone: TemporaryClone;
let launches: Launch[];

/** A launcher, and all that it has printed. */
interface Launch {
  readonly process: ChildProcess;
  readonly printed: () => string;
}

beforeEach(async () => {
  clone = await temporaryClone();
  launches = [];
});
afterEach(async () => {
  for (const { process: child } of launches) if (child.exitCode === null) child.kill('SIGKILL');
  const names = await readdir(join(clone.folder, '.dev', 'processes')).catch(() => []);
  for (const name of names) await killNow(name.replace('.json', ''));
  await clone.remove();
});

function start(fakeWorker = '', env: NodeJS.ProcessEnv = {}): Launch {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/dev/launch.ts', clone.file], {
    env: { ...environment, FAKE_WORKER: fakeWorker, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += String(data);
    });
  }
  const launch = { process: child, printed: () => printed };
  launches.push(launch);
  return launch;
}

async function printing({ process: child, printed }: Launch, text: string): Promise<void> {
  const end = Date.now() + 40_000;
  while (!printed().includes(text)) {
    if (Date.now() > end || child.exitCode !== null) throw new Error(`"${text}" was not printed, but:\n${printed()}`);
    await sleep(50);
  }
}

const up = 'Ctrl-C ends all of this';

async function exitCodeOf({ process: child }: Launch): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

const record = (name: string) => runningProcess(recordFile(clone.configuration, name));
const everything = ['temporal', 'worker-control', 'worker-host-1'];
const running = async () => (await Promise.all(everything.map(record))).map((process) => process?.pid);

async function killNow(name: string): Promise<void> {
  const process = await record(name);
  if (process) globalThis.process.kill(process.pid, 'SIGKILL');
}

async function expectGone(pids: readonly (number | undefined)[]): Promise<void> {
  for (const pid of pids) if (pid !== undefined) expect(await processIdentity(pid)).toBeUndefined();
}

async function expectNothingLeft(pids: readonly (number | undefined)[]): Promise<void> {
  const { ip, port } = clone.configuration.server;
  expect(await listens(ip, port)).toBeUndefined();
  await expectGone(pids);
  expect(await readdir(join(clone.folder, '.dev', 'processes'))).toEqual([]);
}

describe('the start command', () => {
  test('starts the server and the workers, says where they are, and ends them all on Ctrl-C', async () => {
    const launch = start();
    await printing(launch, up);
    const pids = await running();
    expect(pids).not.toContain(undefined);
    const { address, uiUrl } = (await record('temporal'))!.details;
    expect(launch.printed()).toContain(`Temporal  ${address}, namespace default`);
    expect(launch.printed()).toContain(`Demonstration at ${uiUrl}`);
    expect(await readFile(join(clone.configuration.server.logs, 'host-1.log'), 'utf8')).toContain(address);

    launch.process.kill('SIGINT');
    launch.process.kill('SIGINT'); // Under npm each Ctrl-C comes twice.
    expect(await exitCodeOf(launch)).toBe(0);
    await expectNothingLeft(pids);
  });

  test('starts a worker again that was killed, and says so', async () => {
    const launch = start();
    await printing(launch, up);
    const before = (await record('worker-host-1'))!.pid;
    await killNow('worker-host-1');
    await printing(launch, `Worker host-1 (process ${before}) was killed by SIGKILL. It is started again in 2 s.`);
    await printing(launch, 'Worker host-1 is back');
    const after = (await record('worker-host-1'))!.pid;
    expect(after).not.toBe(before);
    expect(launch.printed()).toContain(`Worker host-1 is back, as process ${after}.`);
    launch.process.kill('SIGTERM');
    expect(await exitCodeOf(launch)).toBe(0);
    await expectNothingLeft([after]);
  });

  test('ends everything with exit code 1 when the server dies', async () => {
    const launch = start();
    await printing(launch, up);
    const pids = await running();
    await killNow('temporal');
    expect(await exitCodeOf(launch)).toBe(1);
    expect(launch.printed()).toContain(`The Temporal server (process ${pids[0]}) was killed by SIGKILL.`);
    await expectNothingLeft(pids);
  });

  test('ends with exit code 1 and the last words of a worker that cannot be started', async () => {
    const launch = start('fails');
    expect(await exitCodeOf(launch)).toBe(1);
    expect(launch.printed()).toMatch(
      /Worker (control|host-1) ended with exit code 3\. The end of its log, .*\n.*on fire/,
    );
    await expectNothingLeft([]);
  });

  test('is refused while it runs already, and cleans up after one that was killed itself', async () => {
    const first = start();
    await printing(first, up);
    const second = start();
    expect(await exitCodeOf(second)).toBe(1);
    expect(second.printed()).toContain(`\`npm start\` runs here already, as process ${first.process.pid}.`);

    const pids = await running();
    first.process.kill('SIGKILL');
    await exitCodeOf(first);
    const third = start();
    await printing(third, up);
    for (const pid of pids) expect(third.printed()).toContain(`process ${pid}, that an earlier start has left behind`);
    third.process.kill('SIGINT');
    expect(await exitCodeOf(third)).toBe(0);
    await expectNothingLeft(pids);
  });

  test('kills what does not end by itself when Ctrl-C comes twice', async () => {
    const launch = start('stubborn');
    await printing(launch, up);
    const pids = await running();
    launch.process.kill('SIGINT');
    await printing(launch, 'Ctrl-C again does it at once');
    await sleep(600);
    launch.process.kill('SIGINT');
    expect(await exitCodeOf(launch)).toBe(130);
    await sleep(200);
    await expectGone(pids);
  });

  test('leaves nothing when Ctrl-C comes before everything is up', async () => {
    const launch = start();
    await printing(launch, 'Temporal CLI');
    launch.process.kill('SIGINT');
    expect(await exitCodeOf(launch)).toBe(130);
    await expectNothingLeft([]);
  });

  test('works with the development server that is up for itself, and lets it stay', async () => {
    const { configuration } = clone;
    const report = () => undefined;
    const { pid, address } = await devUp(configuration, { report, env: environment });
    const launch = start();
    await printing(launch, up);
    expect(launch.printed()).toContain(`Temporal runs already at ${address}, as process ${pid}; it will stay`);
    launch.process.kill('SIGINT');
    expect(await exitCodeOf(launch)).toBe(0);
    expect((await record('temporal'))?.pid).toBe(pid);
    await devDown(configuration, { report });
  });

  test('works with the Temporal that TEMPORAL_ADDRESS names, and starts none', async () => {
    const other = await temporaryClone();
    const report = () => undefined;
    const { address } = await devUp(other.configuration, { report, env: environment });
    try {
      const launch = start('', { TEMPORAL_ADDRESS: address });
      await printing(launch, up);
      expect(await record('temporal')).toBeUndefined();
      const log = await readFile(join(clone.configuration.server.logs, 'control.log'), 'utf8');
      expect(log).toContain(`"temporal":"${address}"`);
      launch.process.kill('SIGINT');
      expect(await exitCodeOf(launch)).toBe(0);
    } finally {
      await devDown(other.configuration, { report });
      await other.remove();
    }
  });

  test('says in one line when no Temporal is where TEMPORAL_ADDRESS says', async () => {
    const launch = start('', { TEMPORAL_ADDRESS: '127.0.0.1:9' });
    expect(await exitCodeOf(launch)).toBe(1);
    expect(launch.printed().trim().split('\n').at(-1)).toMatch(/^No Temporal server answers at 127\.0\.0\.1:9: /);
  });
});
