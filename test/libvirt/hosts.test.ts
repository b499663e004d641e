/** Workers and daemons that stand still, while others go on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { expectTidy } from './leftovers.ts';
import { inTheMiddle } from './processes.ts';
import { Stage } from './stage.ts';

let stage: Stage;
let id: string;
beforeAll(async () => {
  stage = await Stage.set({ fleet: { workersPerHost: 2 } });
  ({ id } = await stage.instance());
}, 400_000);
afterAll(() => stage.dispose());

describe('Of two workers of a host', () => {
  const rebooting = async () => {
    const guest = stage.guest(id);
    const boots = (await guest.boots()).length;
    const task = await inTheMiddle(stage, 'destroy', () => stage.client.submit('reboot', id, { type: 'HARD' }));
    return { guest, boots, task, worker: await stage.fleet.workerInUnit(task.id, 'hardReboot') };
  };

  test('one is killed: the other goes on with the task', async () => {
    const { guest, boots, task, worker } = await rebooting();
    await worker.kill();
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await guest.untilUp(boots + 1)).toMatchObject({ boot: boots + 1 });
    await worker.start();
    await expectTidy(stage, [id]);
  });

  test('one is frozen in the middle of a unit: the other has done it, and it changes nothing when it is thawed', async () => {
    const { guest, boots, task, worker } = await rebooting();
    worker.freeze();
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    const { id: bootId } = await guest.untilUp(boots + 1);
    const before = await guest.now();
    worker.thaw();
    await eventually('it has been shut out', async () =>
      (await readFile(join(stage.fleet.surroundings.folder, `${worker.name}.log`), 'utf8')).includes(
        'something newer was here',
      ),
    );
    await guest.livesOn(before);
    expect((await guest.boots()).at(-1)?.id).toBe(bootId);
    await expectTidy(stage, [id]);
  });
});

describe('A daemon that hangs', () => {
  test('is named by the fault of the units that wait for it, is in nobody else’s way, and serves again when it goes on', async () => {
    const elsewhere = await stage.instance('b');
    const before = await stage.guest(id).now();
    const daemon = await stage.daemons.pid('a');
    process.kill(daemon, 'SIGSTOP');
    try {
      const hanging = await stage.client.submit('pause', id, {}, { deadlineScale: 0.85 });
      await stage.done('reboot', elsewhere.id, { type: 'HARD' });
      await stage.guest(elsewhere.id).untilUp(2);
      await eventually(
        'the step is over',
        async () => {
          const { items } = await stage.client.task(hanging.id);
          return items.some(({ step, state }) => step === 'freeze' && state === 'TIMED_OUT');
        },
        150_000,
      );
      process.kill(daemon, 'SIGCONT');
      const { status, fault } = await stage.fleet.ended(hanging);
      expect({ status, code: fault?.code }).toEqual({ status: 'TIMED_OUT', code: 'HYPERVISOR_UNREACHABLE' });
      expect(fault?.detail).toMatch(/virsh has not been answered within/);
    } finally {
      process.kill(daemon, 'SIGCONT');
    }
    await stage.guest(id).livesOn(before);
    await stage.done('pause', id);
    await stage.done('unpause', id);
    await stage.guest(id).livesOn(before);
    await stage.done('delete', elsewhere.id);
    await expectTidy(stage, [id, elsewhere.id]);
  });

  test('and goes on before the deadline of a unit, costs the task nothing but time', async () => {
    const daemon = await stage.daemons.pid('a');
    const { length } = await stage.guest(id).boots();
    process.kill(daemon, 'SIGSTOP');
    const task = await stage.client.submit('reboot', id, { type: 'HARD' });
    await eventually('its silence was noticed', async () => {
      const logs = [0, 1].map((index) => stage.fleet.worker('a', index)).map(({ name }) => name);
      const texts = await Promise.all(
        logs.map((name) => readFile(join(stage.fleet.surroundings.folder, `${name}.log`), 'utf8')),
      );
      return texts.some((text) => text.includes(task.id) && text.includes('has not been answered within'));
    });
    process.kill(daemon, 'SIGCONT');
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    await stage.guest(id).untilUp(length + 1);
    await expectTidy(stage, [id]);
  });
});
