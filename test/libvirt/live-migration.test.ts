/** Live migration of a guest that writes to its memory faster than it can be copied. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import type { HostName } from '../drivers/libvirt/daemons.ts';
import { eventually } from '../support/eventually.ts';
import type { Guest, Tick } from './guest.ts';
import { expectTidy } from './leftovers.ts';
import { Stage, tiny } from './stage.ts';

/** While the disk is copied, and while the memory is. */
const mibPerSecond = { disk: 8, memory: 1 };

let stage: Stage;
let guest: Guest;
let id: string;
beforeAll(async () => {
  stage = await Stage.set();
  ({ id } = await stage.instance('a', tiny));
  guest = stage.guest(id);
  expect(await guest.type('dirty 8')).toBe('IT-OK dirty');
}, 400_000);
afterAll(() => stage.dispose());

let from: HostName;
let to: HostName;
let before: Tick;
let task: Task;
beforeEach(async () => {
  from = (await stage.client.get(id)).residence?.host === 'b' ? 'b' : 'a';
  to = from === 'a' ? 'b' : 'a';
  await speed(mibPerSecond.disk);
  before = await guest.now();
  task = await stage.client.submit('liveMigrate', id, {});
  await eventually('its memory is copied', async () =>
    /Memory processed:\s+[1-9]/.test((await stage.places.virsh(from, 'domjobinfo', guest.domain)).stdout),
  );
  await speed(mibPerSecond.memory);
});

const speed = (limit: number) => stage.places.virsh(from, 'migrate-setspeed', guest.domain, String(limit));

/** Resolves once so much of the copying is done, as whoever watches the task is shown. */
async function untilShown(share: number): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  const shares: number[] = [];
  for await (const change of stage.client.watch(task, { signal })) {
    if (change.kind === 'ended') throw new Error(`it is ${change.task.status} at ${shares.join(', ')}`);
    if (change.kind === 'progress') shares.push(change.share);
    if (new Set(shares).size > 3 && (shares.at(-1) ?? 0) >= share) return;
  }
  throw new Error(`no more was shown than ${shares.join(', ')}`);
}

test('its progress is shown, and when it is cancelled the guest lives on where it was', async () => {
  await untilShown(0.2);
  await stage.client.cancel(task.id);
  expect(await stage.fleet.ended(task)).toMatchObject({ status: 'ABORTED' });
  expect((await stage.client.get(id)).residence?.host).toBe(from);
  await guest.livesOn(before);
  await expectTidy(stage, [id]);
});

test('it ends when it is forced to, and the guest lives on where it has arrived', async () => {
  await untilShown(0.2);
  await stage.client.forceComplete(task.id);
  expect(await stage.fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  expect((await stage.client.get(id)).residence?.host).toBe(to);
  await guest.livesOn(before);
  await expectTidy(stage, [id]);
});

test('it ends when it is forced to, also when the worker was killed meanwhile', async () => {
  await untilShown(0.2);
  await stage.fleet.worker(from).restart();
  await stage.client.forceComplete(task.id);
  expect(await stage.fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
  await guest.livesOn(before);
  await expectTidy(stage, [id]);
});
