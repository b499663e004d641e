import { z } from 'zod';

export const flavorSchema = z
  .strictObject({
    name: z.string().min(1),
    vcpus: z.int().min(1),
    memoryMb: z.int().min(1),
    diskGb: z.int().min(0),
  })
  .describe('the size: a name of the catalogue, or name, vcpus, memoryMb and diskGb');
