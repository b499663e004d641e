import { z } from 'zod';

/** What people call something. */
export const nameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\S(?:.*\S)?$/u, 'must not begin or end with white space')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');
