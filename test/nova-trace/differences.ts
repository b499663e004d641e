/** Where the Nova-compatible API differs from Nova, and why: `differences.yml`, from which the page of the docs is written. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const differenceSchema = z.strictObject({
  where: z.string(),
  difference: z.string(),
  reason: z.string(),
  /** What the trace compares and finds different; absent where the trace does not come. */
  checks: z.array(z.string().transform((source) => new RegExp(source))).default([]),
});
export type Difference = z.output<typeof differenceSchema>;

export async function readDifferences(): Promise<readonly Difference[]> {
  const text = await readFile(new URL('differences.yml', import.meta.url), 'utf8');
  return z.array(differenceSchema).parse(parse(text));
}
