import { z } from 'zod';
import { confirmAfterSeconds } from './confirm-after.schema.ts';

export const migrateSchema = z
  .strictObject({
    host: z.string().min(1).optional().describe('the only host that will do'),
    confirmAfterSeconds,
  })
  .meta({ examples: [{}] });
export type MigrateInput = z.infer<typeof migrateSchema>;
