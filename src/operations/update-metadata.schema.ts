import { z } from 'zod';
import { metadataKeySchema } from './labels.schema.ts';

export const updateMetadataSchema = z
  .strictObject({
    metadata: z.record(metadataKeySchema, z.string().max(255).nullable()).describe('items to set; null takes one away'),
    replace: z.boolean().default(false).describe('whether all other items are taken away'),
  })
  .meta({ examples: [{ metadata: { owner: 'alice' } }, { metadata: { owner: 'bob' }, replace: true }] });
export type UpdateMetadataInput = z.infer<typeof updateMetadataSchema>;
