import { isMap, isNode, isScalar, isSeq, type Document, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { SetUpError } from './set-up-error.ts';

/** A configuration file, by the path that it was named by. */
export interface WrittenFile {
  readonly path: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** One wrong place in a configuration file. */
export interface ConfigurationProblem {
  readonly file: string;
  /** The keys that lead there, joined by dots: `server.port`. Empty where the file is no YAML at all. */
  readonly key: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** The configuration is wrong. The message has one line per problem, each with `FILE:LINE`. */
export class ConfigurationError extends SetUpError {
  override name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(
      ({ file, line, key, message }) => `${file}:${line}: ${key === '' ? '' : `${key}: `}${message}`,
    );
    super(lines.join('\n'));
    this.problems = problems;
  }
}

/** A problem with what the keys lead to. */
export const problemAt = (
  { path: file, document, lines }: WrittenFile,
  path: readonly PropertyKey[],
  message: string,
): ConfigurationProblem => ({ file, key: path.map(String).join('.'), line: lineOf(path, document, lines), message });

/** The problems that zod found in what is written, by files and in the order of their lines. */
export function locateProblems(
  issues: readonly z.core.$ZodIssue[],
  fileOf: (section: PropertyKey | undefined) => WrittenFile,
): ConfigurationProblem[] {
  const problem = (path: readonly PropertyKey[], message: string) => problemAt(fileOf(path[0]), path, message);
  return issues
    .flatMap((issue) => {
      switch (issue.code) {
        case 'unrecognized_keys':
          return issue.keys.map((key) => problem([...issue.path, key], `unknown key; ${issue.message}`));
        case 'invalid_key':
          return [problem(issue.path, `unknown key; ${issue.issues[0]?.message ?? issue.message}`)];
        default:
          return [problem(issue.path, whatIsWrong(issue))];
      }
    })
    .sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

function whatIsWrong({ input, message }: z.core.$ZodIssue): string {
  if (input === undefined) return `is missing; right would be ${message}`;
  const found = typeof input === 'object' && input !== null ? '' : `: ${JSON.stringify(input)}`;
  return `is wrong${found}; right would be ${message}`;
}

/** The line of the key that the path leads to, or, when that is missing, of what should have it. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  const last = path.at(-1);
  if (last === undefined) return 1;
  const parent = document.getIn(path.slice(0, -1), true);
  const place = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))?.key
    : isSeq(parent)
      ? parent.items[Number(last)]
      : undefined;
  if (!isNode(place) || !place.range) return lineOf(path.slice(0, -1), document, lines);
  return lines.linePos(place.range[0]).line;
}
