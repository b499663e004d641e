import { z } from 'zod';

export const rebootSchema = z
  .strictObject({
    type: z
      .enum(['SOFT', 'HARD'])
      .default('SOFT')
      .describe('SOFT asks the guest and falls back to HARD; HARD switches it off and on'),
    softTimeoutSeconds: z.int().min(1).max(3_600).default(60).describe('how long a SOFT reboot waits for the guest'),
  })
  .meta({ examples: [{ type: 'SOFT' }, { type: 'HARD' }] });
export type RebootInput = z.infer<typeof rebootSchema>;
