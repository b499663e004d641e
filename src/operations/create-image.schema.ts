import { z } from 'zod';
import { nameSchema } from './name.schema.ts';

export const createImageSchema = z
  .strictObject({
    name: nameSchema.describe('what people call the image; need not be unique'),
  })
  .meta({ examples: [{ name: 'golden' }] });
export type CreateImageInput = z.infer<typeof createImageSchema>;
