/** What goes through Temporal of a console: whole lines, the newest, and not too many bytes. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newest, wholeCharacters } from '../../activities/host-looks.ts';

const lines = fc.array(fc.string({ unit: 'binary', maxLength: 200 }).map((line) => line.replaceAll('\n', '')));

test('as many of the newest lines as are wanted', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 50 }), (all, wanted) => {
      const text = all.map((line) => `${line}\n`).join('');
      const kept = all.slice(-wanted).map((line) => `${line}\n`);
      expect(newest(text, wanted)).toBe(Buffer.from(kept.join('')).toString());
    }),
  );
});

test('a line that is being written counts as one', () => {
  expect(newest('one\ntwo\nthr', 2)).toBe('two\nthr');
});

test('of a long text its newest lines, 64 KiB at most', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} ü\n`).join('');
  const part = newest(text, null);
  expect(Buffer.byteLength(part)).toBeLessThanOrEqual(64 * 1_024);
  expect(Buffer.byteLength(part)).toBeGreaterThan(64 * 1_024 - 20);
  expect(text.endsWith(part)).toBe(true);
  expect(part).toMatch(/^line /);
});

test('of bytes all but those of a character that is not whole yet', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(100), (text, cut) => {
      const bytes = Buffer.from(text);
      const part = bytes.subarray(0, Math.min(cut, bytes.length));
      const whole = Buffer.from(wholeCharacters(part)).toString();
      expect(text.startsWith(whole)).toBe(true);
      expect(part.length - Buffer.byteLength(whole)).toBeLessThan(4);
    }),
  );
});
