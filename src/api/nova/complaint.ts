/** What is wrong with a request, in the words of the JSON Schema library that Nova uses. */
import type { z } from 'zod';
import { BadRequest } from '../http-error.ts';
import { repr, str } from './python-words.ts';

/** Nova's words for a `name`, which stand alone. */
export const badName =
  "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.";

const typeNames: Readonly<Record<string, string>> = {
  int: 'integer',
  record: 'object',
  map: 'object',
  tuple: 'array',
};

/** What zod says of one part, as jsonschema would. */
const inNovasWords: z.core.$ZodErrorMap = (issue) => {
  const input = repr(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return `${input} is not of type '${typeNames[issue.expected] ?? issue.expected}'`;
    case 'unrecognized_keys':
      return unexpected(issue.keys);
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return `${input} is too short`;
      return issue.origin === 'object'
        ? `${input} does not have enough properties`
        : `${input} is less than the minimum of ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string' || issue.origin === 'array') return `${input} is too long`;
      return issue.origin === 'object'
        ? `${input} has too many properties`
        : `${input} is greater than the maximum of ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `${input} does not match '${(issue.pattern ?? '').replace(/^\/(.*)\/[a-z]*$/s, '$1')}'`
        : `${input} is not a '${formatNames[issue.format] ?? issue.format}'`;
    case 'invalid_value':
      if (typeof issue.input !== 'string' && issue.values.every((value) => typeof value === 'string')) {
        return `${input} is not of type 'string'`;
      }
      return `${input} is not one of ${repr(issue.values)}`;
    case 'invalid_union':
      return `${input} is not valid under any of the given schemas`;
    default:
      return undefined;
  }
};

const formatNames: Readonly<Record<string, string>> = { datetime: 'date-time', guid: 'uuid', url: 'uri' };

/** What jsonschema says of keys that a schema does not know. */
export const unexpected = (keys: readonly string[]): string => {
  const named = [...keys].sort().map((key) => repr(key));
  return `Additional properties are not allowed (${named.join(', ')} ${named.length === 1 ? 'was' : 'were'} unexpected)`;
};

/** The body, or the part of it that is under these keys, as the schema has it. Throws {@link BadRequest}. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  under: readonly string[] = [],
): z.output<Schema> {
  const part = at(body, under);
  const parsed = schema.safeParse(part, { error: inNovasWords, reportInput: true });
  if (parsed.success) return parsed.data;
  const { path: inPart, message } = first(parsed.error, part);
  const path = [...under, ...inPart];
  if (message === badName || path.length === 0) throw new BadRequest(message);
  throw new BadRequest(
    `Invalid input for field/attribute ${String(path.at(-1))}. Value: ${str(at(body, path))}. ${message}`,
  );
}

/** Parameters of a query: each key with all its values. */
export type Parameters = Readonly<Record<string, readonly string[]>>;

/** The parameters as the schema has them. Throws {@link BadRequest}. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> {
  const parameters = toParameters(query);
  const parsed = schema.safeParse(parameters, { error: inNovasWords, reportInput: true });
  if (parsed.success) return parsed.data;
  const { path, message } = first(parsed.error, parameters);
  if (path.length === 0) throw new BadRequest(message);
  const value = str(at(parameters, path));
  throw new BadRequest(`Invalid input for query parameters ${String(path[0])}. Value: ${value}. ${message}`);
}

/** Whatever was sent as a query: a parameter may come several times. */
export function toParameters(query: unknown): Parameters {
  if (typeof query !== 'object' || query === null) return {};
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, [value].flat().map(String)]));
}

interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of several the one that is nearest to the root, as jsonschema chooses. */
function first({ issues }: z.ZodError, input: unknown): Complaint {
  const complaints = issues.map((issue) => toComplaint(issue, input));
  return complaints.reduce((best, each) => (each.path.length < best.path.length ? each : best));
}

function toComplaint(issue: z.core.$ZodIssue, input: unknown): Complaint {
  const { path, message } = issue;
  const parent = path.slice(0, -1);
  // What is missing or misnamed is a fault of the object that should have it.
  if (issue.code === 'invalid_key') {
    const pattern = issue.issues.find((each) => each.code === 'invalid_format')?.pattern ?? '';
    const words = `${repr(String(path.at(-1)))} does not match any of the regexes: '${pattern.slice(1, -1)}'`;
    return { path: parent, message: words };
  }
  if (path.length > 0 && at(input, path) === undefined) {
    return { path: parent, message: `${repr(String(path.at(-1)))} is a required property` };
  }
  return { path, message };
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
