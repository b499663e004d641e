import { describe, expect, test } from '@jest/globals';
import {
  searchAttributes,
  toSearchAttributes,
  toSearchAttributeUpdates,
  type SearchAttributeValues,
} from '../../src/model/search-attributes.ts';

describe('search attributes', () => {
  test.each([
    ['KEYWORD', 10],
    ['TEXT', 3],
    ['INT', 3],
    ['BOOL', 3],
    ['DATETIME', 3],
    ['KEYWORD_LIST', 3],
  ] as const)('of the type %s are at most %d, which is all that SQL visibility has room for', (type, room) => {
    expect(Object.values(searchAttributes).filter((declared) => declared === type).length).toBeLessThanOrEqual(room);
  });

  test('that have no value are left alone', () => {
    expect(toSearchAttributeUpdates({})).toEqual([]);
    expect(toSearchAttributeUpdates({ VmState: 'active' })).toEqual([
      { key: { name: 'VmState', type: 'KEYWORD' }, value: 'active' },
    ]);
  });

  test('that are null are taken away', () => {
    expect(toSearchAttributeUpdates({ TaskState: null })).toEqual([
      { key: { name: 'TaskState', type: 'KEYWORD' }, value: null },
    ]);
  });

  test('of every type reach the start of a workflow as they are', () => {
    const values: SearchAttributeValues = {
      InstanceName: 'demo',
      Reason: 'kernel update',
      CreatedAt: new Date('2026-01-02T03:04:05Z'),
      HostServing: true,
      FreeVcpus: 0,
      QueuedTasks: ['a', 'b'],
    };
    const pairs = toSearchAttributes(values).getAll();
    expect(Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]))).toEqual(values);
  });

  test('refuse a value that is not of their type, and name the attribute', () => {
    const wrong = { FreeVcpus: 'many' } as unknown as SearchAttributeValues;
    expect(() => toSearchAttributeUpdates(wrong)).toThrow('FreeVcpus');
  });
});
