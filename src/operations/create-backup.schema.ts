import { z } from 'zod';
import { nameSchema } from './name.schema.ts';

export const createBackupSchema = z
  .strictObject({
    name: nameSchema.describe('what people call the backup; need not be unique'),
    backupType: nameSchema.describe('rotates apart from the others: daily, weekly …'),
    rotation: z.int().min(0).max(1_000).describe('how many backups of this type are kept; older ones are removed'),
  })
  .meta({ examples: [{ name: 'monday', backupType: 'daily', rotation: 1 }] });
export type CreateBackupInput = z.infer<typeof createBackupSchema>;
