import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countOf,
  emptyHistogram,
  growth,
  halved,
  histogramOf,
  mergeHistograms,
  quantile,
} from '../../src/model/histogram.ts';

const durations = fc.array(fc.integer({ min: 1, max: 7 * 86_400_000 }), { minLength: 1, maxLength: 200 });
const of = (values: readonly number[]) => values.map(histogramOf).reduce(mergeHistograms, emptyHistogram);

/** The smallest of the values that so large a share of them do not exceed. */
const exact = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? NaN;

describe('a histogram', () => {
  test('tells each quantile never too low, and too high by the width of a bucket at most', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const told = quantile(of(values), share) ?? NaN;
        const rounding = 1 + 1e-9;
        expect(told * rounding).toBeGreaterThanOrEqual(exact(values, share));
        expect(told).toBeLessThanOrEqual(exact(values, share) * growth * rounding);
      }),
    );
  });

  test('of two parts is the one of the whole, in whatever order they come', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const whole = of([...some, ...others]);
        expect(mergeHistograms(of(some), of(others))).toEqual(whole);
        expect(mergeHistograms(of(others), of(some))).toEqual(whole);
        expect(countOf(whole)).toBe(some.length + others.length);
      }),
    );
  });

  test('has no more buckets than a week has steps of five per cent', () => {
    fc.assert(
      fc.property(durations, (values) => {
        expect(Object.keys(of(values)).every((bucket) => Number(bucket) <= 415)).toBe(true);
      }),
    );
  });

  test('knows nothing when it is empty', () => {
    expect(quantile(emptyHistogram, 0.5)).toBeNull();
  });

  test('that is halved keeps what is usual and forgets what happened once', () => {
    const histogram = of([...Array.from({ length: 100 }, () => 1_000), 60_000]);
    expect(halved(histogram)).toEqual(of(Array.from({ length: 50 }, () => 1_000)));
  });
});
