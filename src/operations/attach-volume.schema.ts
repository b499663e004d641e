import { z } from 'zod';

/** The id of a volume. */
export const volumeSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'is no id of a volume');

export const attachVolumeSchema = z
  .strictObject({
    volume: volumeSchema.describe('id of the volume'),
    device: z
      .string()
      .regex(/^\/dev\/vd[b-z]$/, 'must be one of /dev/vdb to /dev/vdz')
      .optional()
      .describe('what the guest sees it as; the next that is free where absent'),
  })
  .meta({ examples: [{ volume: 'data' }, { volume: 'data', device: '/dev/vdc' }] });
export type AttachVolumeInput = z.infer<typeof attachVolumeSchema>;
