/**
 * `npm run bench:libvirt`: how long each operation takes on a real guest, and how much of that is libvirt's, QEMU's and the
 * guest's own; and how long many guests take that are made at once on one host.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from 'commander';
import type { OperationName, Task } from '../src/client/index.ts';
import { small, Stage } from '../test/libvirt/stage.ts';
import { count } from './count.ts';
import { percentile } from './figures.ts';
import { NotedCalls } from './libvirt-calls.ts';

const { rounds, guests } = program
  .name('npm run bench:libvirt --')
  .option('--rounds <n>', 'how often each operation is carried out', count, 3)
  .option('--guests <n>', 'guests that are made at once on one host', count, 8)
  .parse()
  .opts<{ rounds: number; guests: number }>();

interface Measured {
  readonly totalMs: number;
  readonly busyMs: number;
}
const measured = new Map<string, Measured[]>();

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const calls = await NotedCalls.begin(folder);
const stage = await Stage.set();
try {
  for (let round = 0; round < rounds; round += 1) await live();
  report();
  await many();
} finally {
  await stage.dispose();
  await rm(folder, { recursive: true, force: true });
}

/** Notes what a task has taken, from its request to its end. */
async function note(name: string, { id, instanceId, createdAt, endedAt, status }: Task): Promise<void> {
  if (status !== 'COMPLETED' || endedAt === null) throw new Error(`${name} is ${status}: task ${id}`);
  const [from, to] = [Date.parse(createdAt), Date.parse(endedAt)];
  const busyMs = await calls.busyMs({ from, to }, instanceId);
  measured.set(name, [...(measured.get(name) ?? []), { totalMs: to - from, busyMs }]);
}

/** One instance, through all operations. */
async function live(): Promise<void> {
  const task = await stage.client.create({ name: 'subject', flavor: small, image: 'cirros', host: 'a' });
  const { instanceId: id } = task;
  await note('create', await stage.fleet.ended(task));
  const guest = stage.guest(id);
  await guest.untilUp(1);
  const run = async (name: Exclude<OperationName, 'create'>, input: object = {}, as: string = name) => {
    const ended = await stage.fleet.ended(await stage.client.request(name, id, input));
    await note(as, ended);
  };
  /** A guest that has not booted yet does not hear the power button. */
  const boots = async (act: () => Promise<void>) => {
    const last = await guest.untilUp(1);
    await act();
    await guest.bootAfter(last);
  };
  await run('pause');
  await run('unpause');
  await run('suspend');
  await run('resume');
  await run('createImage', { name: 'image' });
  const volume = `data-${id}`;
  await stage.places.makeVolume(volume, 1);
  await run('attachVolume', { volume });
  await guest.says(/^IT-DISK\+/);
  await run('detachVolume', { volume });
  await run('stop');
  await boots(() => run('start'));
  await boots(() => run('reboot', { type: 'SOFT' }, 'reboot, soft'));
  await boots(() => run('reboot', { type: 'HARD' }, 'reboot, hard'));
  await run('liveMigrate');
  await run('migrate');
  await run('confirmResize');
  await guest.untilUp(1);
  await boots(() => run('rebuild', { image: 'debian-13' }));
  await run('shelve');
  await run('unshelve');
  await run('delete');
}

/** Many guests at once on one host. */
async function many(): Promise<void> {
  const begun = Date.now();
  const tasks = await Promise.all(
    Array.from({ length: guests }, () =>
      stage.client.create({ name: 'many', flavor: small, image: 'cirros', host: 'a' }),
    ),
  );
  const ended = await Promise.all(tasks.map((task) => stage.fleet.ended(task)));
  const failed = ended.filter(({ status }) => status !== 'COMPLETED').length;
  const activeMs = Date.now() - begun;
  await Promise.all(tasks.map(({ instanceId }) => stage.guest(instanceId).untilUp(1)));
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  console.log(
    `\n${guests} guests made at once on one host: ${failed} failed, all active after ${seconds(activeMs)} s, all booted after ${seconds(Date.now() - begun)} s`,
  );
}

function report(): void {
  console.log(`| operation | task | of it libvirt, QEMU, guest | ours |\n| --- | --- | --- | --- |`);
  for (const [name, each] of measured) {
    const total = percentile(
      each.map(({ totalMs }) => totalMs),
      0.5,
    );
    const busy = percentile(
      each.map(({ busyMs }) => busyMs),
      0.5,
    );
    const ours = total - busy;
    console.log(
      `| ${name} | ${Math.round(total)} ms | ${Math.round(busy)} ms | ${Math.round(ours)} ms, ${Math.round((100 * ours) / total)} % |`,
    );
  }
}
