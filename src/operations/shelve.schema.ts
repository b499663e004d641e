import { z } from 'zod';

export const shelveSchema = z.strictObject({
  offloadAfterSeconds: z
    .int()
    .min(0)
    .max(0)
    .nullable()
    .default(0)
    .describe('0: it is taken from its host at once; null: it stays there until shelveOffload'),
});
export type ShelveInput = z.infer<typeof shelveSchema>;
