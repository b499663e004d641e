/** The read model over a source that is told what to show, in both databases. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ListedInstance } from '../../src/client/changes.ts';
import type { InstanceSource } from '../../src/read-model/follower.ts';
import { UnknownMarker, type InstanceQuery } from '../../src/read-model/instance-query.ts';
import { ReadModel } from '../../src/read-model/read-model.ts';
import { databases } from './databases.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();

const listed = (id: string, more: Partial<ListedInstance> = {}): ListedInstance => ({
  id,
  name: `name of ${id}`,
  projectId: 'blue',
  userId: 'mia',
  vmState: 'active',
  powerState: 'RUNNING',
  host: 'host-1',
  image: 'cirros',
  flavor: { name: 'm1.small', vcpus: 2, memoryMb: 512, diskGb: 1 },
  createdAt: at(0),
  updatedAt: at(0),
  launchedAt: null,
  terminatedAt: null,
  description: null,
  metadata: {},
  tags: [],
  locked: null,
  volumes: [],
  interfaces: [],
  requestedBy: null,
  fault: null,
  presence: 'present',
  ...more,
});

/** What visibility would show. */
class Source implements InstanceSource {
  instances: readonly ListedInstance[] = [];
  running = new Map<string, string | null>();
  readings: (Date | null)[] = [];

  async *changedInstances(since: Date | null): AsyncGenerator<readonly ListedInstance[]> {
    this.readings.push(since);
    const changed = this.instances.filter(({ updatedAt }) => since === null || new Date(updatedAt) >= since);
    for (let index = 0; index < changed.length; index += 2) yield changed.slice(index, index + 2);
  }

  async runningTaskStates(): Promise<ReadonlyMap<string, string | null>> {
    return this.running;
  }
}

const usual: InstanceQuery = { sort: [{ column: 'created_at', direction: 'desc' }], limit: 100, maxBytes: 1e6 };

describe.each(databases)('in $name', ({ open }) => {
  let source: Source;
  let model: ReadModel;
  beforeEach(async () => {
    source = new Source();
    model = new ReadModel(source, await open());
  });
  afterEach(() => model.close());
  const ids = async (query: Partial<InstanceQuery> = {}): Promise<string[]> =>
    (await model.instances({ ...usual, ...query })).instances.map(({ id }) => id);

  test('an instance is shown as it was last seen, with what its running task does', async () => {
    source.instances = [listed('a', { vmState: 'building' })];
    source.running.set('a', 'spawning');
    expect((await model.instances(usual)).instances).toMatchObject([{ vmState: 'building', taskState: 'spawning' }]);
    source.instances = [listed('a', { updatedAt: at(5) })];
    source.running.clear();
    expect((await model.instances(usual)).instances).toMatchObject([{ vmState: 'active', taskState: null }]);
    expect(source.readings).toEqual([null, new Date(Date.parse(at(0)) - 10_000)]);
  });

  test('what is deleted or lost is not among those that are there, and what was deleted can be asked for', async () => {
    source.instances = [
      listed('a'),
      listed('b', { presence: 'deleted', vmState: 'deleted' }),
      listed('c', { presence: 'lost' }),
    ];
    expect(await ids()).toEqual(['a']);
    expect(await ids({ deleted: true })).toEqual(['b']);
    expect((await ids({ deleted: 'both' })).sort()).toEqual(['a', 'b']);
  });

  test('filters take one of several values, or none at all', async () => {
    source.instances = [
      listed('a', { host: null }),
      listed('b', { vmState: 'error' }),
      listed('c', { projectId: 'red', flavor: { name: 'm1.big', vcpus: 8, memoryMb: 4_096, diskGb: 1 } }),
    ];
    expect(await ids({ among: { host: [null] } })).toEqual(['a']);
    expect((await ids({ among: { host: ['host-1', null] } })).sort()).toEqual(['a', 'b', 'c']);
    expect(await ids({ projectId: 'blue', among: { vm_state: ['error', 'paused'] } })).toEqual(['b']);
    expect(await ids({ matches: ({ name }) => name.endsWith('c') })).toEqual(['c']);
    expect(await ids({ among: { id: [] } })).toEqual([]);
  });

  test('what has changed since or before a time is found by it', async () => {
    source.instances = [listed('a', { updatedAt: at(1) }), listed('b', { updatedAt: at(2) })];
    expect(await ids({ changedSince: at(2) })).toEqual(['b']);
    expect(await ids({ changedBefore: at(1) })).toEqual(['a']);
  });

  test('pages from marker to marker show every instance once, in any order that is asked for', async () => {
    const column = fc.constantFrom('name', 'host', 'power_state', 'updated_at', 'id', 'locked');
    const key = fc.record({ column, direction: fc.constantFrom('asc', 'desc') });
    source.instances = Array.from({ length: 13 }, (_none, index) =>
      listed(`id-${index}`, {
        name: `name ${index % 3}`,
        host: index % 4 === 0 ? null : `host-${index % 4}`,
        updatedAt: at(index % 5),
        locked: index % 2 === 0 ? null : { by: 'anna', reason: null, at: at(0) },
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { selector: (each) => each.column, maxLength: 3 }),
        fc.integer({ min: 3, max: 9 }),
        async (sort, limit) => {
          const whole = await ids({ sort });
          const paged: string[] = [];
          for (let marker: string | undefined; ; marker = paged.at(-1)) {
            const page = await model.instances({ ...usual, sort, limit, ...(marker !== undefined && { marker }) });
            paged.push(...page.instances.map(({ id }) => id));
            if (!page.isFull) break;
          }
          expect(paged).toEqual(whole);
          expect(new Set(whole).size).toBe(13);
        },
      ),
      { numRuns: 5 },
    );
  }, 60_000);

  test('a page ends when it has become too large, and the next one goes on from there', async () => {
    source.instances = ['a', 'b', 'c'].map((id) => listed(id, { description: 'x'.repeat(1_000) }));
    const first = await model.instances({ ...usual, maxBytes: 2_000 });
    expect(first).toMatchObject({ isFull: true, instances: [{ id: 'c' }, { id: 'b' }] });
    expect(await ids({ marker: 'b', maxBytes: 2_000 })).toEqual(['a']);
  });

  test('a marker that is no instance is refused', async () => {
    await expect(ids({ marker: 'nobody' })).rejects.toThrow(UnknownMarker);
  });

  test('lists that are asked for at once share a reading', async () => {
    source.instances = [listed('a')];
    await Promise.all(Array.from({ length: 20 }, () => ids()));
    expect(source.readings.length).toBeLessThanOrEqual(2);
  });

  test('what a project uses is counted of what is there', async () => {
    source.instances = [
      listed('a'),
      listed('b'),
      listed('c', { projectId: 'red' }),
      listed('d', { presence: 'deleted' }),
    ];
    expect(await model.usage('blue')).toEqual({ instances: 2, vcpus: 4, memoryMb: 1_024 });
    expect(await model.usage('nobody')).toEqual({ instances: 0, vcpus: 0, memoryMb: 0 });
  });
});
