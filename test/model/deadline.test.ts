import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { milliseconds, type DurationText } from '../../src/model/deadline.ts';

describe('a duration in a declaration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1.5s', 1_500],
    ['0s', 0],
  ] as const)('%s is %d milliseconds', (text, expected) => {
    expect(milliseconds(text)).toBe(expected);
  });

  test('reads the amount in the unit that follows it', () => {
    const unit = fc.constantFrom(['ms', 1] as const, ['s', 1_000] as const, ['m', 60_000] as const);
    fc.assert(
      fc.property(fc.nat(), unit, (amount, [name, factor]) => {
        expect(milliseconds(`${amount}${name}`)).toBe(amount * factor);
      }),
    );
  });

  test.each(['', 'banana', '10', 's', '-5s', '1e3s', '5 s', ' 5s', '5s ', '5d', '.5s', 'NaNs'])(
    'is refused when it reads "%s", and the message says how to write one',
    (text) => {
      expect(() => milliseconds(text as DurationText)).toThrow(RangeError);
      expect(() => milliseconds(text as DurationText)).toThrow('write 500ms, 30s, 15m or 2h');
    },
  );
});
