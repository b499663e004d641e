import { z } from 'zod';

export const rebuildSchema = z
  .strictObject({
    image: z.string().min(1).describe('name, or id, of the image that the new disk is made from'),
  })
  .meta({ examples: [{ image: 'debian-13' }] });
export type RebuildInput = z.infer<typeof rebuildSchema>;
