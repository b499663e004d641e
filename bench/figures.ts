/** The value below which a share of the sample lies; the sample must not be empty. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('a sample without values has no percentiles');
  return value;
}

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** How often a second an action can be done, by so many at once, for so long. */
export async function rate(action: () => Promise<unknown>, atOnce: number, forMs: number): Promise<number> {
  let count = 0;
  const start = performance.now();
  const work = async () => {
    while (performance.now() - start < forMs) {
      await action();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return (count * 1_000) / (performance.now() - start);
}
