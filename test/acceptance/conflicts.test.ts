/** A second operation while one runs. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { InstanceBusyError, NotAllowedInStateError, NotFoundError, type Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** An operation that is held in one of its units until it is let go. */
async function heldIn(
  unit: string,
  step: string,
  submit: (instanceId: string) => Promise<Task>,
): Promise<{ readonly running: Task; readonly id: string; readonly letGo: () => Promise<void> }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const letGo = await fleet.hypervisors.misbehave({
    unit,
    instance: id,
    direction: 'run',
    misbehaviour: { kind: 'hang' },
  });
  const running = await submit(id);
  await fleet.untilInUnit(running.id, step);
  return { running, id, letGo };
}
const heldResize = () =>
  heldIn('copyDisk', 'copyDisk', (id) => fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' }));
const heldSoftReboot = () =>
  heldIn('softRebootGuest', 'softReboot', (id) => fleet.client.submit('reboot', id, { type: 'SOFT' }));

test('is refused with the id, step and start of the task in the way, and what may be done about it', async () => {
  const { running, id, letGo } = await heldResize();
  const { startedAt } = await fleet.client.task(running.id);
  const refused = fleet.client.submit('stop', id, {});
  await expect(refused).rejects.toThrow(InstanceBusyError);
  await expect(refused).rejects.toThrow(`cannot stop: resize (task ${running.id}) has been running since ${startedAt}`);
  await expect(refused).rejects.toMatchObject({
    inTheWay: {
      taskId: running.id,
      operation: 'resize',
      status: 'RUNNING',
      step: 'copyDisk',
      startedAt,
      verbs: ['pause', 'cancel'],
    },
  });
  // A refusal leaves nothing behind.
  expect(await fleet.client.tasks(id)).toHaveLength(2);
  await letGo();
  expect(await fleet.ended(running)).toMatchObject({ status: 'COMPLETED' });
});

test('is refused also while the task in the way is paused', async () => {
  const { running, id, letGo } = await heldResize();
  await fleet.client.pause(running.id);
  await letGo();
  await fleet.untilStatus(running.id, 'PAUSED');
  await expect(fleet.client.submit('stop', id, {})).rejects.toMatchObject({
    inTheWay: { taskId: running.id, status: 'PAUSED', step: null, verbs: ['resume', 'cancel'] },
  });
  await fleet.client.cancel(running.id);
  await fleet.ended(running);
});

test('waits its turn where it is asked to', async () => {
  const { running, id, letGo } = await heldResize();
  const queued = await fleet.client.submit('revertResize', id, {}, { queue: true });
  expect(queued.status).toBe('QUEUED');
  await letGo();
  expect((await fleet.ended(queued)).status).toBe('COMPLETED');
  const tasks = await fleet.client.tasks(id);
  expect(tasks.map(({ operation }) => operation)).toEqual(['create', 'resize', 'revertResize']);
  expect((await fleet.ended(running)).status).toBe('COMPLETED');
  expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
});

describe('a delete', () => {
  test('supersedes: what runs is cancelled and taken back, and then the instance is deleted', async () => {
    const { running, id } = await heldResize();
    const waiting = await fleet.client.submit('reboot', id, {}, { queue: true });
    const task = await fleet.client.submit('delete', id, {}, { actor: 'carol' });
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(running)).toMatchObject({
      status: 'ABORTED',
      notes: [{ verb: 'cancel', actor: 'carol', reason: `superseded by delete (task ${task.id})` }],
    });
    expect(await fleet.ended(waiting)).toMatchObject({ status: 'ABORTED', startedAt: null });
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'deleted', taskState: null });
    await expectNothingLeft(fleet, id);
  });

  test('lets what is past its point of no return finish first', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-2' });
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'destroyGuest',
      host: 'host-1',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const running = await fleet.client.submit('confirmResize', id, {});
    await fleet.untilInUnit(running.id, 'destroyOld');
    const task = await fleet.client.submit('delete', id, {});
    expect((await fleet.client.task(task.id)).status).toBe('QUEUED');
    await letGo();
    expect(await fleet.ended(running)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
    await expectNothingLeft(fleet, id);
  });

  test('of an instance that is being deleted is that same task', async () => {
    const { running, id, letGo } = await heldIn('destroyGuest', 'destroy', (instance) =>
      fleet.client.submit('delete', instance, {}),
    );
    expect((await fleet.client.submit('delete', id, {})).id).toBe(running.id);
    await expect(fleet.client.submit('stop', id, {}, { queue: true })).rejects.toThrow(InstanceBusyError);
    await letGo();
    await fleet.ended(running);
    await expectNothingLeft(fleet, id);
  });
});

describe('a hard reboot', () => {
  test('supersedes a soft one', async () => {
    const { running, id } = await heldSoftReboot();
    const hard = await fleet.client.submit('reboot', id, { type: 'HARD' });
    expect(await fleet.ended(hard)).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.ended(running)).toMatchObject({ status: 'ABORTED' });
    const effects = (await fleet.hypervisors.journal(id)).map(({ effect }) => effect);
    expect(effects.slice(-1)).toEqual(['guest reset']);
    expect(effects).not.toContain('guest rebooted by itself');
    expect(await expectRecordEqualsHypervisor(fleet, id)).toMatchObject({ vmState: 'active' });
  });

  test('does not supersede a resize', async () => {
    const { running, id, letGo } = await heldResize();
    await expect(fleet.client.submit('reboot', id, { type: 'HARD' })).rejects.toThrow(InstanceBusyError);
    await letGo();
    await fleet.ended(running);
  });

  test('is not superseded by a soft one', async () => {
    const { running, id, letGo } = await heldSoftReboot();
    await expect(fleet.client.submit('reboot', id, { type: 'SOFT' })).rejects.toMatchObject({
      inTheWay: { taskId: running.id },
    });
    await letGo();
    expect(await fleet.ended(running)).toMatchObject({ status: 'COMPLETED' });
  });
});

test('an operation in a state that it does not start from is refused with the states that it does', async () => {
  const { id } = await fleet.activeInstance();
  const refused = fleet.client.submit('unpause', id, {});
  await expect(refused).rejects.toThrow(NotAllowedInStateError);
  await expect(refused).rejects.toMatchObject({ vmState: 'active', allowedFrom: ['paused'] });
});

test('an operation on an instance that never was is refused as not found', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  await expect(fleet.client.submit('stop', unknown, {})).rejects.toThrow(NotFoundError);
  await expect(fleet.client.get(unknown)).rejects.toThrow(NotFoundError);
});
