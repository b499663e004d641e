import { z } from 'zod';
import { flavorSchema } from './flavor.schema.ts';

export const resizeSchema = z
  .strictObject({
    flavor: flavorSchema,
    host: z.string().min(1).optional().describe('the only host that will do; the present one resizes in place'),
  })
  .meta({ examples: [{ flavor: 'm1.medium' }] });
export type ResizeInput = z.infer<typeof resizeSchema>;
