import { z } from 'zod';
import { flavorSchema } from './flavor.schema.ts';

export const createSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(/^\S(?:.*\S)?$/u, 'must not begin or end with white space')
      .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
      .describe('what people call the instance; need not be unique'),
    flavor: flavorSchema,
    image: z.string().min(1).describe('name of the image that its disk is made from'),
    host: z.string().min(1).optional().describe('the only host that will do'),
  })
  .meta({ examples: [{ name: 'web', flavor: 'm1.small', image: 'debian-13' }] });
export type CreateInput = z.infer<typeof createSchema>;
