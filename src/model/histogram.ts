/** How often something took how long, in so few numbers that it can be kept for ever: logarithmic buckets. */

/** Counts by bucket. Bucket n holds what took at most `growth` to the n, and more than the bucket before; in milliseconds. */
export type Histogram = Readonly<Record<string, number>>;

/** From bucket to bucket: what is told of a histogram is too much by 5 % at most, and never too little. */
export const growth = 1.05;

export const emptyHistogram: Histogram = {};

const bucketOf = (milliseconds: number): number =>
  milliseconds <= 1 ? 0 : Math.ceil(Math.log(milliseconds) / Math.log(growth));

/** The histogram of one duration. */
export const histogramOf = (milliseconds: number): Histogram => ({ [bucketOf(milliseconds)]: 1 });

/** The histogram of all that is in either. */
export function mergeHistograms(one: Histogram, other: Histogram): Histogram {
  const merged = { ...one };
  for (const [bucket, count] of Object.entries(other)) merged[bucket] = (merged[bucket] ?? 0) + count;
  return merged;
}

/** How many durations are in it. */
export const countOf = (histogram: Histogram): number =>
  Object.values(histogram).reduce((sum, count) => sum + count, 0);

/** Half of it, rounded down: what is old counts less than what comes. */
export const halved = (histogram: Histogram): Histogram =>
  Object.fromEntries(
    Object.entries(histogram).flatMap(([bucket, count]) => (count < 2 ? [] : [[bucket, Math.floor(count / 2)]])),
  );

/** What so large a share of the durations, 0 to 1, did not exceed, in milliseconds; null of an empty histogram. */
export function quantile(histogram: Histogram, share: number): number | null {
  const buckets = Object.entries(histogram).sort(([a], [b]) => Number(a) - Number(b));
  const wanted = Math.max(1, Math.ceil(share * countOf(histogram)));
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen >= wanted) return growth ** Number(bucket);
  }
  return null;
}

/** What is usual: half of the durations were no longer. Null of an empty histogram. */
export const median = (histogram: Histogram): number | null => quantile(histogram, 0.5);
