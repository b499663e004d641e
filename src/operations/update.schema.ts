import { z } from 'zod';
import { descriptionSchema } from './labels.schema.ts';
import { nameSchema } from './name.schema.ts';

export const updateSchema = z
  .strictObject({
    name: nameSchema.optional().describe('what people call the instance from now on; need not be unique'),
    description: descriptionSchema.nullable().optional().describe('what it is for; null: nothing is said of it'),
  })
  .refine(({ name, description }) => name !== undefined || description !== undefined, 'give a name or a description')
  .meta({ examples: [{ name: 'db-2' }, { description: 'the second database' }] });
export type UpdateInput = z.infer<typeof updateSchema>;
