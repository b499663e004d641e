import { z } from 'zod';
import { adminPasswordSchema } from './admin-password.schema.ts';
import type { Sealed } from './secret.schema.ts';

export const rebuildSchema = z
  .strictObject({
    image: z.string().min(1).describe('name, or id, of the image that the new disk is made from'),
    adminPass: adminPasswordSchema,
  })
  .meta({ examples: [{ image: 'debian-13' }] });
export type RebuildInput = Sealed<z.infer<typeof rebuildSchema>>;
