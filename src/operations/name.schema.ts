import { z } from 'zod';

/** What people call something. */
export const nameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\S(?:.*\S)?$/u, 'must not begin or end with white space')
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not contain control characters');
