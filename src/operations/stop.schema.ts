import { z } from 'zod';

export const stopSchema = z
  .strictObject({
    shutdownTimeoutSeconds: z
      .int()
      .min(0)
      .max(3_600)
      .default(60)
      .describe('how long the guest may take to shut down before it is switched off; 0 switches it off at once'),
  })
  .meta({ examples: [{}, { shutdownTimeoutSeconds: 0 }] });
export type StopInput = z.infer<typeof stopSchema>;
