/** The input of an operation, as it is written on a command line. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The input that `--input` gives, with each `--set` laid over it. Throws {@link UsageError}. */
export async function readInput(source: string | undefined, assignments: readonly string[]): Promise<JsonObject> {
  const base = source === undefined ? {} : parseObject(await readSource(source));
  return assignments.reduce(assign, base);
}

async function readSource(source: string): Promise<string> {
  if (source === '-') return text(process.stdin);
  if (!source.startsWith('@')) return source;
  return readFile(source.slice(1), 'utf8').catch((error: unknown) => {
    throw new UsageError(`--input: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** A file that an option names. Throws {@link UsageError}. */
export async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
}

function parseObject(json: string): JsonObject {
  const value = parseJson(json, () => {
    throw new UsageError(`--input takes a JSON object, and this is no JSON: ${json.slice(0, 80)}`);
  });
  if (isObject(value)) return value;
  throw new UsageError(`--input takes a JSON object such as {"type":"HARD"}, not ${json.slice(0, 80)}`);
}

/** Lays one `key=value` over an input. */
function assign(input: JsonObject, assignment: string): JsonObject {
  const separator = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, separator)).split('.');
  if (separator < 1 || path.includes('')) {
    throw new UsageError(`--set takes KEY=VALUE such as type=HARD or flavor.vcpus=2, not ${assignment}`);
  }
  const value = assignment.slice(separator + 1);
  // What is no JSON is a text as it stands: nobody quotes the name of a flavor.
  return put(
    input,
    path,
    parseJson(value, () => value),
    assignment,
  );
}

function put(object: JsonObject, [key = '', ...rest]: readonly string[], value: unknown, of: string): JsonObject {
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = Object.hasOwn(object, key) ? object[key] : {};
  if (!isObject(inner)) {
    throw new UsageError(`--set ${of}: ${key} is ${JSON.stringify(inner)} already and cannot have parts`);
  }
  return { ...object, [key]: put(inner, rest, value, of) };
}

function parseJson(json: string, otherwise: () => unknown): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return otherwise();
  }
}
