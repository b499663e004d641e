import { z } from 'zod';
import { tagsSchema } from './labels.schema.ts';

export const updateTagsSchema = z
  .strictObject({
    set: tagsSchema.optional().describe('all tags that it has from now on'),
    add: tagsSchema.optional().describe('tags that it gets besides'),
    remove: tagsSchema.optional().describe('tags that are taken away'),
  })
  .refine((input) => Object.values(input).some((tags) => tags !== undefined), 'give tags to set, add or remove')
  .meta({ examples: [{ add: ['web'] }, { set: ['web', 'blue'] }, { remove: ['blue'] }] });
export type UpdateTagsInput = z.infer<typeof updateTagsSchema>;
