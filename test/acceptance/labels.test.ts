/** Names, descriptions, metadata and tags: what people note of an instance, whatever task runs on it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { InstanceLockedError, InvalidInputError, NotAllowedInStateError } from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const instance = async (): Promise<string> => (await fleet.activeInstance()).id;

test('what is said at the creation of an instance is in its record', async () => {
  const noted = { description: 'the first', metadata: { owner: 'alice' }, tags: ['web', 'blue', 'web'] };
  const { id } = await fleet.activeInstance(noted);
  expect(await fleet.client.get(id)).toMatchObject({ ...noted, tags: ['blue', 'web'] });
});

describe('update', () => {
  test('gives an instance another name, by which lists find it', async () => {
    const id = await instance();
    const name = `renamed-${id}`;
    expect(await fleet.run('update', id, { name, description: 'a second life' })).toMatchObject({
      status: 'COMPLETED',
    });
    expect(await fleet.client.get(id)).toMatchObject({ name, description: 'a second life', vmState: 'active' });
    await eventually('it is found by its new name', async () => {
      const { rows } = await fleet.client.list({ name });
      return rows.some((row) => row.id === id);
    });
  });

  test('takes a description away, and needs something to change', async () => {
    const id = await instance();
    await fleet.run('update', id, { description: 'for now' });
    await fleet.run('update', id, { description: null });
    expect((await fleet.client.get(id)).description).toBeNull();
    const refused = fleet.client.submit('update', id, {});
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toThrow('give at least one of name, description');
  });

  test('while a task runs is done at once, and outlives the task', async () => {
    const id = await instance();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'powerOffGuest',
      instance: id,
      misbehaviour: { kind: 'hang' },
    });
    const stop = await fleet.client.submit('stop', id, { shutdownTimeoutSeconds: 0 });
    await fleet.run('update', id, { name: 'busy' });
    await fleet.run('updateTags', id, { add: ['busy'] });
    expect(await fleet.client.get(id)).toMatchObject({ name: 'busy', tags: ['busy'], taskState: 'powering-off' });
    await letGo();
    await fleet.ended(stop);
    expect(await fleet.client.get(id)).toMatchObject({ name: 'busy', tags: ['busy'], vmState: 'stopped' });
  });
});

describe('updateMetadata', () => {
  test('sets items, takes others away, and leaves the rest', async () => {
    const id = await instance();
    await fleet.run('updateMetadata', id, { metadata: { owner: 'alice', tier: 'web' } });
    await fleet.run('updateMetadata', id, { metadata: { owner: null, rack: '7' } });
    expect((await fleet.client.get(id)).metadata).toEqual({ tier: 'web', rack: '7' });
    await fleet.run('updateMetadata', id, { metadata: { only: 'this' }, replace: true });
    expect((await fleet.client.get(id)).metadata).toEqual({ only: 'this' });
  });

  test('of more items than an instance may have changes nothing', async () => {
    const id = await instance();
    const items = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, 'value']));
    await fleet.run('updateMetadata', id, { metadata: items(128) });
    const refused = fleet.client.submit('updateMetadata', id, { metadata: { another: 'one' } });
    await expect(refused).rejects.toThrow(NotAllowedInStateError);
    await expect(refused).rejects.toThrow('it would have 129 items of metadata; an instance may have 128');
    expect(Object.keys((await fleet.client.get(id)).metadata ?? {})).toHaveLength(128);
  });

  test.each([{ 'bad/key': 'x' }, { '': 'x' }, { key: 'x'.repeat(256) }])('refuses %j', async (metadata) => {
    const id = await instance();
    await expect(fleet.client.submit('updateMetadata', id, { metadata })).rejects.toThrow(InvalidInputError);
  });

  test('of a locked instance is refused, while it can be renamed and tagged', async () => {
    const id = await instance();
    await fleet.run('lock', id, {});
    await expect(fleet.client.submit('updateMetadata', id, { metadata: { a: 'b' } })).rejects.toThrow(
      InstanceLockedError,
    );
    expect(await fleet.run('update', id, { name: 'locked' })).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.run('updateTags', id, { set: ['locked'] })).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('updateTags', () => {
  test('adds, takes away and sets', async () => {
    const id = await instance();
    await fleet.run('updateTags', id, { add: ['web', 'blue'] });
    await fleet.run('updateTags', id, { add: ['green'], remove: ['blue'] });
    expect((await fleet.client.get(id)).tags).toEqual(['green', 'web']);
    await fleet.run('updateTags', id, { set: [] });
    expect((await fleet.client.get(id)).tags).toEqual([]);
  });

  test.each(['a/b', 'a,b', '', 'x'.repeat(61)])('refuses the tag %j', async (tag) => {
    const id = await instance();
    await expect(fleet.client.submit('updateTags', id, { add: [tag] })).rejects.toThrow(InvalidInputError);
  });
});
