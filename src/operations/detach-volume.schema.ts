import { z } from 'zod';
import { volumeSchema } from './attach-volume.schema.ts';

export const detachVolumeSchema = z
  .strictObject({ volume: volumeSchema.describe('id of the volume') })
  .meta({ examples: [{ volume: 'data' }] });
export type DetachVolumeInput = z.infer<typeof detachVolumeSchema>;
