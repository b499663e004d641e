import { z } from 'zod';

export const resetStateSchema = z
  .strictObject({
    state: z.enum(['active', 'error']).default('error').describe('what the instance is from now on'),
  })
  .meta({ examples: [{}, { state: 'active' }] });
export type ResetStateInput = z.infer<typeof resetStateSchema>;
