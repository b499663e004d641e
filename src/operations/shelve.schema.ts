import { z } from 'zod';

export const shelveSchema = z
  .strictObject({
    offloadAfterSeconds: z
      .int()
      .min(0)
      .max(365 * 24 * 3_600)
      .nullable()
      .default(0)
      .describe('how long it stays on its host; 0: it is taken from there at once; null: not before shelveOffload'),
  })
  .meta({ examples: [{}, { offloadAfterSeconds: null }] });
export type ShelveInput = z.infer<typeof shelveSchema>;
