import { z } from 'zod';
import * as config from './guest-config.schema.ts';
import { descriptionSchema } from './labels.schema.ts';
import { nameSchema } from './name.schema.ts';

export const updateSchema = z
  .strictObject({
    name: nameSchema.optional().describe('what people call the instance from now on; need not be unique'),
    description: descriptionSchema.nullable().optional().describe('what it is for; null: nothing is said of it'),
    hostname: config.hostnameSchema.optional().describe(`${config.hostnameText} once it is defined anew`),
    accessIPv4: config.accessIPv4Schema.nullable().optional().describe(`${config.accessText}; null: nowhere`),
    accessIPv6: config.accessIPv6Schema.nullable().optional().describe(`${config.accessText}; null: nowhere`),
  })
  .refine(
    (input) => Object.values(input).some((value) => value !== undefined),
    'give at least one of name, description, hostname, accessIPv4 and accessIPv6',
  )
  .meta({ examples: [{ name: 'db-2' }, { description: 'the second database' }] });
export type UpdateInput = z.infer<typeof updateSchema>;
