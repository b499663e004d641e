/** A duration as declarations write it: `500ms`, `30s`, `15m`, `2h`. */
export type DurationText = `${number}${'ms' | 's' | 'm' | 'h'}`;

const millisecondsPer = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** How long a unit of a host may wait until a worker takes it. */
export const queueDeadline: DurationText = '20s';

/** Milliseconds of a duration. Throws a `RangeError` for a text that is none. */
export function milliseconds(duration: DurationText): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration);
  const [, amount, unit] = match ?? [];
  if (amount === undefined || !(unit === 'ms' || unit === 's' || unit === 'm' || unit === 'h')) {
    throw new RangeError(`"${duration}" is not a duration: write 500ms, 30s, 15m or 2h`);
  }
  return Number(amount) * millisecondsPer[unit];
}
