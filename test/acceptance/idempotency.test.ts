/** The same idempotency key, at once and later, gives one task and one instance; with another body it is an error. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IdempotencyConflictError } from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
});
afterAll(() => fleet.dispose());

const wanted = { name: 'once', flavor: 'm1.small', image: 'cirros' };
const fiveTimes = <T>(request: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 5 }, request));

describe('create', () => {
  test('asked for five times at once makes one instance, by one task', async () => {
    const tasks = await fiveTimes(() => fleet.client.create(wanted, { idempotencyKey: 'five at once' }));
    const ids = new Set(tasks.map(({ id, instanceId }) => `${id} of ${instanceId}`));
    expect(ids.size).toBe(1);
    const task = await fleet.ended(tasks[0]!);
    expect(task.status).toBe('COMPLETED');
    const effects = await fleet.hypervisors.effects(task);
    expect(effects).toEqual([...new Set(effects)]);
    expect(await fleet.client.tasks(task.instanceId)).toHaveLength(1);
  });

  test('asked for again later finds its task and its instance', async () => {
    const options = { idempotencyKey: 'once and later' };
    const first = await fleet.ended(await fleet.client.create(wanted, options));
    const second = await fleet.client.create(wanted, options);
    expect(second).toEqual(first);
  });

  test('finds its task also after the instance was deleted, and makes no new one', async () => {
    const options = { idempotencyKey: 'deleted since' };
    const first = await fleet.ended(await fleet.client.create(wanted, options));
    await fleet.run('delete', first.instanceId, {});
    await eventually('the workflow of the instance has ended', async () => {
      const { status } = await fleet.temporal.workflow.getHandle(`instance/${first.instanceId}`).describe();
      return status.name === 'COMPLETED';
    });
    const second = await fleet.client.create(wanted, options);
    expect(second.id).toBe(first.id);
    expect(await fleet.client.get(first.instanceId)).toMatchObject({ vmState: 'deleted' });
  });

  test('with another body under the key is an error that names the task', async () => {
    const options = { idempotencyKey: 'another body' };
    const { id } = await fleet.client.create(wanted, options);
    const other = fleet.client.create({ ...wanted, flavor: 'm1.medium' }, options);
    await expect(other).rejects.toThrow(IdempotencyConflictError);
    await expect(other).rejects.toMatchObject({ taskId: id });
    await fleet.ended(id);
  });

  test('under the same key of another project is another instance', async () => {
    const idempotencyKey = 'two projects';
    const one = await fleet.ended(await fleet.client.create(wanted, { idempotencyKey, projectId: 'one' }));
    const two = await fleet.ended(await fleet.client.create(wanted, { idempotencyKey, projectId: 'two' }));
    expect(one.instanceId).not.toBe(two.instanceId);
  });
});

describe('an operation', () => {
  test('asked for five times at once is carried out once', async () => {
    const { id } = await fleet.activeInstance();
    const options = { idempotencyKey: 'five at once' };
    const tasks = await fiveTimes(() => fleet.client.submit('reboot', id, { type: 'HARD' }, options));
    expect(new Set(tasks.map((task) => task.id)).size).toBe(1);
    const task = await fleet.ended(tasks[0]!);
    expect(task.status).toBe('COMPLETED');
    expect(await fleet.hypervisors.effects(task)).toEqual(['hardReboot run: guest reset']);
    expect(await fleet.client.tasks(id)).toHaveLength(2);
  });

  test('asked for again finds its task while that runs and when it has ended', async () => {
    const { id } = await fleet.activeInstance();
    const options = { idempotencyKey: 'again' };
    const stopDelaying = await fleet.hypervisors.misbehave({
      unit: 'hardRebootGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const first = await fleet.client.submit('reboot', id, { type: 'HARD' }, options);
    await fleet.untilInUnit(first.id, 'hardReboot');
    const during = await fleet.client.submit('reboot', id, { type: 'HARD' }, options);
    expect(during.id).toBe(first.id);
    await stopDelaying();
    const ended = await fleet.ended(first);
    expect(await fleet.client.submit('reboot', id, { type: 'HARD' }, options)).toEqual(ended);
    expect(await fleet.hypervisors.effects(ended)).toEqual(['hardReboot run: guest reset']);
  });

  test('with another body under the key is an error that names the task', async () => {
    const { id } = await fleet.activeInstance();
    const options = { idempotencyKey: 'another body' };
    const first = await fleet.run('reboot', id, { type: 'HARD' }, options);
    const otherInput = fleet.client.submit('reboot', id, { type: 'SOFT' }, options);
    await expect(otherInput).rejects.toThrow(IdempotencyConflictError);
    await expect(otherInput).rejects.toMatchObject({ taskId: first.id });
    await expect(fleet.client.submit('stop', id, {}, options)).rejects.toThrow(IdempotencyConflictError);
    expect(await fleet.client.get(id)).toMatchObject({ vmState: 'active' });
  });

  test('under the same key on another instance is another task', async () => {
    const [one, two] = await Promise.all([fleet.activeInstance(), fleet.activeInstance()]);
    const options = { idempotencyKey: 'two instances' };
    const first = await fleet.run('reboot', one.id, { type: 'HARD' }, options);
    const second = await fleet.run('reboot', two.id, { type: 'HARD' }, options);
    expect(first.id).not.toBe(second.id);
    expect(second.status).toBe('COMPLETED');
  });
});
