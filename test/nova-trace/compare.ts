/** Compares two traces, leaf by leaf: a status, a header, the type of a field, an error's message, a list of events. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const traceSchema = z.object({ steps: z.record(z.string(), z.unknown()) });
export type Trace = z.infer<typeof traceSchema>;

export const readTrace = async (file: string | URL): Promise<Trace> =>
  traceSchema.parse(JSON.parse(await readFile(file, 'utf8')));

/** A way of answering otherwise than Nova that is meant. */
export interface KnownDifference {
  /** What is compared, `scenario/request.path.to.the.leaf`. */
  readonly checks: readonly RegExp[];
}

export interface Disagreement {
  readonly check: string;
  readonly ours: string;
  readonly golden: string;
}

export interface Comparison {
  readonly checks: number;
  readonly agreeing: number;
  /** Of known differences. */
  readonly known: number;
  readonly disagreements: readonly Disagreement[];
  /** Patterns that nothing differs by. */
  readonly needless: readonly string[];
}

/** Compares what the golden trace has with what the other has of it. */
export function compare(golden: Trace, ours: Trace, known: readonly KnownDifference[]): Comparison {
  const patterns = known.flatMap(({ checks }) => checks);
  const used = new Set<RegExp>();
  const found: { readonly check: string; readonly golden?: string; readonly ours?: string }[] = [];
  for (const [step, expected] of Object.entries(golden.steps)) {
    const [one, other] = [leavesOf(expected), leavesOf(ours.steps[step])];
    for (const path of new Set([...one.keys(), ...other.keys()])) {
      const [is, was] = [other.get(path), one.get(path)];
      found.push({
        check: `${step}.${path}`,
        ...(was !== undefined && { golden: was }),
        ...(is !== undefined && { ours: is }),
      });
    }
  }
  const differing = found.filter((each) => each.golden !== each.ours);
  const isKnown = (check: string): boolean => {
    const fitting = patterns.filter((pattern) => pattern.test(check));
    for (const pattern of fitting) used.add(pattern);
    return fitting.length > 0;
  };
  const unknown = differing.filter(({ check }) => !isKnown(check));
  return {
    checks: found.length,
    agreeing: found.length - differing.length,
    known: differing.length - unknown.length,
    disagreements: unknown.map(({ check, golden: was = 'absent', ours: is = 'absent' }) => ({
      check,
      ours: is,
      golden: was,
    })),
    needless: patterns.filter((pattern) => !used.has(pattern)).map(({ source }) => source),
  };
}

/** By path. A list of one object is looked into, as shapes have them. */
function leavesOf(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === undefined) return into;
  if (Array.isArray(value) && value.length === 1 && isObject(value[0])) return leavesOf(value[0], `${path}[]`, into);
  if (isObject(value) && !Array.isArray(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) leavesOf(inner, path === '' ? key : `${path}.${key}`, into);
    return into;
  }
  return into.set(path, JSON.stringify(value));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
