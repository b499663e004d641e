import { z } from 'zod';

/** Of operations that take nothing. */
export const noInputSchema = z.strictObject({});
export type NoInput = z.infer<typeof noInputSchema>;
