import { z } from 'zod';
import { confirmAfterSeconds } from './confirm-after.schema.ts';
import { flavorSchema } from './flavor.schema.ts';

export const resizeSchema = z
  .strictObject({
    flavor: flavorSchema,
    host: z.string().min(1).optional().describe('the only host that will do; the present one resizes in place'),
    confirmAfterSeconds,
  })
  .meta({ examples: [{ flavor: 'm1.medium' }] });
export type ResizeInput = z.infer<typeof resizeSchema>;
