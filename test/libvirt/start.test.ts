/** Real machines as a person starts them: daemons, guests and what becomes of them at the end. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseDocument } from 'yaml';
import { shortFolder } from '../../src/dev/own-daemons.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-ports.ts';

const patienceMs = 240_000;
let folder: string;
let file: string;
let started: ReturnType<typeof start>;

/** The project's configuration with libvirt, elsewhere, and with guests that are started again. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  const usual = parseDocument(await readFile('temporal-dev.yml', 'utf8'));
  for (const path of [
    ['server', 'port'],
    ['server', 'ui_port'],
    ['api', 'port'],
  ]) {
    usual.setIn(path, await freePort());
  }
  await writeFile(join(folder, 'temporal-dev.yml'), String(usual));
  const own = parseDocument(await readFile('temporal-libvirt.yml', 'utf8'));
  own.setIn(['hosts', 'host-1', 'guests_that_stop'], 'start');
  own.setIn(['hosts', 'host-2', 'guests_that_stop'], 'start');
  file = join(folder, 'temporal-libvirt.yml');
  await writeFile(file, String(own));
});
afterAll(async () => {
  started.process.kill('SIGINT');
  await started.process;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function start() {
  const child = execa(process.execPath, ['--import', 'tsx', 'src/dev/start.ts', file], { reject: false, all: true });
  let printed = '';
  child.all.on('data', (data) => (printed += String(data)));
  return { process: child, printed: () => printed };
}

const untilPrinted = (text: string) =>
  eventually(`"${text}" is printed`, async () => started.printed().includes(text), patienceMs);

async function itask<Answer>(...words: readonly string[]): Promise<Answer> {
  const { stdout } = await execa(process.execPath, ['bin/itask.js', ...words, '-o', 'json'], {
    env: { ITASK_CONFIG: file },
  });
  return JSON.parse(stdout) as Answer;
}

const daemons = () => shortFolder(join(folder, '.dev/libvirt/daemons'));
const qemus = async (): Promise<number[]> => {
  const { stdout } = await execa('pgrep', ['-f', `qemu-system.*${daemons()}`], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
};

test('a real guest boots, reboots, is started again when it is killed, and sleeps from Ctrl-C to the next start', async () => {
  started = start();
  await untilPrinted('Ctrl-C ends all of this');
  expect(started.printed()).toMatch(/IT-BOOT image=busybox boot=1[^]*IT-POWERBUTTON[^]*IT-BOOT image=busybox boot=2/);

  const [qemu = 0] = await qemus();
  process.kill(qemu, 'SIGKILL');
  await eventually('it is started again', async () => {
    const tasks = await itask<{ action: string; state: string }[]>('tasks', 'demo');
    return tasks.some(({ action, state }) => action === 'start' && state === 'COMPLETED');
  });
  await eventually(
    'it has booted',
    async () => /boot=3[^]*IT-UP/.test((await itask<{ output: string }>('console', 'demo')).output),
    patienceMs,
  );

  started.process.kill('SIGINT');
  expect((await started.process).exitCode).toBe(0);
  expect(await qemus()).toEqual([]);
  expect(existsSync(daemons())).toBe(false);

  started = start();
  await untilPrinted('The instances are those of the last time: demo');
  expect(await qemus()).toHaveLength(1);
  const { output } = await itask<{ output: string }>('console', 'demo');
  expect(output).not.toContain('boot=4');
}, 600_000);

test('one that was killed itself leaves a guest that lives on, and the next start takes it over', async () => {
  const before = await qemus();
  started.process.kill('SIGKILL');
  await started.process;
  expect(await qemus()).toEqual(before);

  started = start();
  await untilPrinted('The instances are those of the last time: demo');
  expect(await qemus()).toEqual(before);
  expect(await itask('show', 'demo')).toMatchObject({ vm_state: 'active', power_state: 'RUNNING' });
}, 300_000);

test('Ctrl-C twice ends everything at once, and the next start finds the instance as it was', async () => {
  started.process.kill('SIGINT');
  await untilPrinted('Ctrl-C again does it at once');
  // What comes sooner is the same Ctrl-C, from the terminal and from npm.
  await sleep(600);
  started.process.kill('SIGINT');
  expect((await started.process).exitCode).toBe(130);
  expect(await qemus()).toEqual([]);
  const { stdout } = await execa('pgrep', ['-f', `libvirtd.*${daemons()}`], { reject: false });
  expect(stdout).toBe('');

  started = start();
  await untilPrinted('The instances are those of the last time: demo');
  await eventually(
    'it runs again',
    async () => {
      const { vm_state: vmState } = await itask<{ vm_state: string }>('show', 'demo');
      return vmState === 'active' && (await qemus()).length === 1;
    },
    patienceMs,
  );
}, 300_000);
