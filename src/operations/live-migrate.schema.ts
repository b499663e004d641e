import { z } from 'zod';

export const liveMigrateSchema = z
  .strictObject({
    host: z.string().min(1).optional().describe('the only host that will do'),
  })
  .meta({ examples: [{}] });
export type LiveMigrateInput = z.infer<typeof liveMigrateSchema>;
