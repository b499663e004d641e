import { z } from 'zod';

export const softDeleteSchema = z
  .strictObject({
    reclaimAfterSeconds: z
      .int()
      .min(1)
      .max(365 * 24 * 3_600)
      .optional()
      .describe('deleted for good by itself after so long, unless it was restored before; never where absent'),
  })
  .meta({ examples: [{}, { reclaimAfterSeconds: 604_800 }] });
export type SoftDeleteInput = z.infer<typeof softDeleteSchema>;
