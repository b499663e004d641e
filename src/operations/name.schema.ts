import { printableSchema } from './printable.schema.ts';

/** What people call something. */
export const nameSchema = printableSchema
  .min(1)
  .max(255)
  .regex(/^\S(?:.*\S)?$/u, 'must not begin or end with white space');
