import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readInput } from '../../src/cli/input.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'input-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('--set', () => {
  test.each([
    [['type=HARD'], { type: 'HARD' }],
    [['softTimeoutSeconds=5'], { softTimeoutSeconds: 5 }],
    [['a=true', 'b=null', 'c=[1]'], { a: true, b: null, c: [1] }],
    [['image="10"'], { image: '10' }],
    [['reason=a=b'], { reason: 'a=b' }],
    [['name='], { name: '' }],
    [['flavor.vcpus=2', 'flavor.name=x'], { flavor: { vcpus: 2, name: 'x' } }],
    [['a=1', 'a=2'], { a: 2 }],
  ])('%j gives %j', async (assignments, input) => {
    expect(await readInput(undefined, assignments)).toEqual(input);
  });

  test.each(['', 'foo', '=1', 'a..b=1', '.a=1'])('%j is refused with what would be right', async (assignment) => {
    await expect(readInput(undefined, [assignment])).rejects.toThrow(/KEY=VALUE/);
  });

  test('gives no parts to what has none', async () => {
    await expect(readInput(undefined, ['a=1', 'a.b=2'])).rejects.toThrow(/a is 1 already/);
  });

  test('takes any key as a key of the input and nothing else', async () => {
    const input = await readInput(undefined, ['__proto__.polluted=true']);
    expect(Object.keys(input)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('--input', () => {
  test('is laid under --set', async () => {
    expect(await readInput('{"a":1,"b":{"c":2}}', ['b.d=3'])).toEqual({ a: 1, b: { c: 2, d: 3 } });
  });

  test('may be a file', async () => {
    const file = join(folder, 'input.json');
    await writeFile(file, '{"a":1}');
    expect(await readInput(`@${file}`, [])).toEqual({ a: 1 });
  });

  test.each(['nonsense', '[1]', '"a"', 'null', '@/no/such/file'])('%j is refused', async (source) => {
    await expect(readInput(source, [])).rejects.toThrow(/--input/);
  });
});
