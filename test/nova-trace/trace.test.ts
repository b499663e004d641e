/** Part of what a real Nova was asked, asked here; `npm run trace` asks all of it. */
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { compare } from './compare.ts';

test('the answers are those of Nova, but for the differences that are listed', async () => {
  const scenarios = 'versions,create,listing,actions_api,attributes,other_resources';
  const { stdout, exitCode } = await execa('npm', ['run', '--silent', 'trace', scenarios], { reject: false });
  expect(stdout).toMatch(/^\d{3,} of \d{4} checks agree, \d+ differ as listed, 0 otherwise$/m);
  expect(exitCode).toBe(0);
}, 240_000);

const golden = {
  steps: { 'create/create': { status: 202, shape: { servers: [{ id: 'string' }] }, names: ['a', 'b'] } },
};

test('traces that say the same agree in every leaf', () => {
  expect(compare(golden, golden, [])).toEqual({ checks: 3, agreeing: 3, known: 0, disagreements: [], needless: [] });
});

test('what differs is named with both answers, unless it is listed; and a list is no longer than it must be', () => {
  const ours = { steps: { 'create/create': { status: 500, shape: { servers: [{}] }, names: ['a', 'b'] } } };
  expect(compare(golden, ours, [{ checks: [/\.status$/, /^never$/] }])).toEqual({
    checks: 4,
    agreeing: 1,
    known: 1,
    disagreements: [
      { check: 'create/create.shape.servers[].id', golden: '"string"', ours: 'absent' },
      { check: 'create/create.shape.servers[]', golden: 'absent', ours: '{}' },
    ],
    needless: ['^never$'],
  });
});

test('a request that was never made disagrees in every leaf', () => {
  expect(compare(golden, { steps: {} }, []).disagreements).toHaveLength(3);
});
