import { describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../src/client/ids.ts';
import { InvalidInputError } from '../../src/client/index.ts';
import { parseTiming } from '../../src/client/timing.ts';

const id = 'b0e1bd73-08f5-4f30-b8b1-f3152fd60655';

describe('when a task is to start', () => {
  test.each([
    ['2020-01-31T22:00:00Z', '2020-01-31T22:00:00.000Z'],
    ['2020-01-31T22:00Z', '2020-01-31T22:00:00.000Z'],
    ['2020-01-31T22:00:00.5+02:00', '2020-01-31T20:00:00.500Z'],
  ])('may be said as the time %s', (startAt, expected) => {
    expect(parseTiming({ startAt })).toEqual({ startAt: expected });
  });

  test.each([
    ['0s', 0],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
  ])('may be said as how long from now: %s', (startAt, milliseconds) => {
    const before = Date.now();
    const at = Date.parse(parseTiming({ startAt }).startAt ?? '');
    expect(at).toBeGreaterThanOrEqual(before + milliseconds);
    expect(at).toBeLessThanOrEqual(Date.now() + milliseconds);
  });

  test.each([
    '',
    'tomorrow',
    '-5m',
    '10',
    '1e5s',
    '2026-02-30T00:00Z',
    '2026-01-31T22:00',
    '9000-01-01T00:00Z',
    '9000h',
  ])('cannot be "%s"', (startAt) => {
    expect(() => parseTiming({ startAt })).toThrow(InvalidInputError);
    expect(() => parseTiming({ startAt })).toThrow(/^startAt: takes a time/);
  });

  test('may be said by the id of a task, and of nothing else', () => {
    expect(parseTiming({ after: id.toUpperCase() })).toEqual({ after: id });
    expect(() => parseTiming({ after: 'the reboot' })).toThrow(/^after: takes the id of a task/);
  });

  test('need not be said', () => {
    expect(parseTiming({})).toEqual({});
  });
});

test('a request is another one when it is for another time, or after another task', () => {
  const timings = [{}, { startAt: '10m' }, { startAt: '20m' }, { after: id }, { startAt: '10m', after: id }];
  const fingerprints = timings.map((timing) => fingerprintOf('stop', {}, timing));
  expect(new Set(fingerprints).size).toBe(timings.length);
  expect(fingerprintOf('stop', {})).toBe(fingerprints[0]);
});
