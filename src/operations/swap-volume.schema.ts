import { z } from 'zod';
import { volumeSchema } from './attach-volume.schema.ts';

export const swapVolumeSchema = z
  .strictObject({
    volume: volumeSchema.describe('id of the volume that the instance has'),
    toVolume: volumeSchema.describe('id of the one that takes its place; what is on it is lost'),
  })
  .meta({ examples: [{ volume: 'data', toVolume: 'other' }] });
export type SwapVolumeInput = z.infer<typeof swapVolumeSchema>;
