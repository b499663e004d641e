/** What sections of a configuration file are made of. Each says what would be right where something is wrong. */
import { z } from 'zod';

/** A mapping whose keys are all known; an unknown one is answered with the list of those that are. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `known here: ${keys}` : `a mapping with the keys ${keys}`),
  });
}

/** A mapping whose keys the user chooses. */
export function catalogue<Value extends z.ZodType>(what: string, value: Value) {
  const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes, underscores');
  return z
    .record(name, value, { error: `a mapping from the names of ${what} to what they are` })
    .refine((entries) => Object.keys(entries).length > 0, `at least one of ${what}`);
}

export const wholeNumber = (from: number, to = Number.MAX_SAFE_INTEGER) => {
  const error =
    to === Number.MAX_SAFE_INTEGER ? `a whole number, ${from} or more` : `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};
export const text = (what: string) => z.string({ error: what }).min(1, { error: what });
export const uuid = z.uuid({ error: 'a UUID' });
export const port = wholeNumber(1, 65_535);
export const path = text('a path, relative to this file');

export const duration = z
  .templateLiteral([z.number(), z.enum(['ms', 's', 'm', 'h'])], { error: 'a duration such as 500ms, 30s, 15m or 2h' })
  .refine((value) => !value.startsWith('-'), 'a duration of 0ms or more');
