import { z } from 'zod';

export const migrateSchema = z
  .strictObject({
    host: z.string().min(1).optional().describe('the only host that will do'),
  })
  .meta({ examples: [{}] });
export type MigrateInput = z.infer<typeof migrateSchema>;
