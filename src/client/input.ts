import { validate } from 'uuid';
import type { z } from 'zod';
import {
  findByNameOrId,
  misfit,
  sizeOf,
  type CatalogueFlavor,
  type CatalogueImage,
  type CatalogueNetwork,
} from '../model/catalogue.ts';
import { isOperationName, operations, type OperationName } from '../operations/index.ts';
import { flavorSchema } from '../operations/flavor.schema.ts';
import { inputSchemaOf } from '../operations/schemas.ts';
import { InvalidInputError, type InputIssue } from './errors.ts';

/** Names that inputs may use instead of what they stand for. */
export interface Catalogue {
  readonly flavors: readonly CatalogueFlavor[];
  /** Known images; an empty list leaves the choice to the hypervisors. */
  readonly images: readonly CatalogueImage[];
  readonly networks?: readonly CatalogueNetwork[];
  /** What stands in an operation's input where the caller leaves it out, before what the operation itself says. */
  readonly defaults?: InputDefaults;
}

/** By operation and key: `{ resize: { confirmAfterSeconds: 86400 } }`. */
export type InputDefaults = { readonly [Name in OperationName]?: Readonly<Record<string, unknown>> };

/** An operation's input with everything written out: names of flavors resolved, defaults filled in. Throws {@link InvalidInputError}. */
export function parseInput(operation: string, input: unknown, catalogue: Catalogue): unknown {
  const name = parseOperationName(operation);
  const schema = inputSchemaOf(name);
  const parsed = schema.safeParse(withFlavor(withDefaults(name, input, catalogue), catalogue));
  if (!parsed.success) throw new InvalidInputError(toIssues(parsed.error, Object.keys(schema.shape)));
  const { data } = parsed;
  return { ...data, ...imageIn(data, catalogue) };
}

/** The image under the name that instances know it by. Throws for one that nothing can be made from. */
function imageIn({ image: nameOrId, flavor }: Readonly<Record<string, unknown>>, { images }: Catalogue) {
  if (typeof nameOrId !== 'string' || images.length === 0) return {};
  const refuse = (message: string) => new InvalidInputError([{ path: 'image', message }]);
  const image = findByNameOrId(images, nameOrId);
  if (image === undefined) {
    // The ids of those that were made from instances are in no catalogue.
    if (validate(nameOrId)) return {};
    throw refuse(`there is no image "${nameOrId}", only ${images.map(({ name }) => name).join(', ')}`);
  }
  const { name, status } = image;
  if (status !== 'active') throw refuse(`the image "${name}" is ${status}: nothing can be made from it yet`);
  const size = flavorSchema.safeParse(flavor).data;
  const lack = size === undefined ? null : misfit(image, size);
  if (lack !== null) throw refuse(`the image "${name}" needs a flavor with more ${lack}`);
  return { image: name };
}

/** The name as one of the catalogue of operations. Throws {@link InvalidInputError} with the names that there are. */
export function parseOperationName(name: string): OperationName {
  if (isOperationName(name)) return name;
  const names = Object.keys(operations).join(', ');
  throw new InvalidInputError([{ path: 'operation', message: `there is no operation "${name}", only ${names}` }]);
}

/** The operation, which is asked of an instance that exists. */
export function parseRequested(operation: string): Exclude<OperationName, 'create'> {
  const name = parseOperationName(operation);
  if (name !== 'create') return name;
  throw new InvalidInputError([{ path: 'operation', message: 'create makes a new instance and is asked of none' }]);
}

function toIssues({ issues }: z.ZodError, known: readonly string[]): InputIssue[] {
  return issues.flatMap((issue) => {
    const { code, path, message } = issue;
    if (code !== 'unrecognized_keys' || path.length > 0) return { path: path.map(String).join('.'), message };
    const right = known.length === 0 ? 'nothing' : `only ${known.join(', ')}`;
    return issue.keys.map((key) => ({ path: key, message: `is unknown: the operation takes ${right}` }));
  });
}

/** The input with what the operator has chosen for those who say nothing. */
function withDefaults(name: OperationName, input: unknown, { defaults = {} }: Catalogue): unknown {
  return typeof input === 'object' && input !== null ? { ...defaults[name], ...input } : input;
}

/** The input with the flavor that its name stands for. */
function withFlavor(input: unknown, { flavors }: Catalogue): unknown {
  if (typeof input !== 'object' || input === null || !('flavor' in input) || typeof input.flavor !== 'string') {
    return input;
  }
  const name = input.flavor;
  const flavor = findByNameOrId(flavors, name);
  if (flavor !== undefined) return { ...input, flavor: sizeOf(flavor) };
  const names = flavors.map((candidate) => candidate.name).join(', ') || 'none is configured';
  throw new InvalidInputError([{ path: 'flavor', message: `there is no flavor "${name}", only ${names}` }]);
}
