import { z } from 'zod';
import { adminPasswordSchema } from './admin-password.schema.ts';
import type { Sealed } from './secret.schema.ts';

export const rescueSchema = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .optional()
      .describe("name, or id, of the image to start from; the instance's own where absent"),
    adminPass: adminPasswordSchema,
  })
  .meta({ examples: [{}, { image: 'cirros' }] });
export type RescueInput = Sealed<z.infer<typeof rescueSchema>>;
