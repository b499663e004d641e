import { z } from 'zod';
import { adminPasswordSchema } from './admin-password.schema.ts';
import * as config from './guest-config.schema.ts';
import { descriptionSchema, metadataSchema } from './labels.schema.ts';
import { nameSchema } from './name.schema.ts';
import { optionalSecret, revocableSecret, type Sealed } from './secret.schema.ts';

export const rebuildSchema = z
  .strictObject({
    image: z.string().min(1).describe('name, or id, of the image that the new disk is made from'),
    name: nameSchema.optional().describe('what people call the instance from now on'),
    description: descriptionSchema.nullable().optional().describe('what it is for'),
    metadata: metadataSchema
      .optional()
      .describe('what people and programs note of it, in place of what they have noted'),
    hostname: config.hostnameSchema.optional().describe(config.hostnameText),
    key: config.serverKeySchema.nullable().optional().describe(`${config.keyText}; null: none`),
    userData: revocableSecret(config.userDataSchema, `${config.userDataText}; null: none`),
    files: optionalSecret(config.filesSchema, `${config.filesText}; none where absent`),
    accessIPv4: config.accessIPv4Schema.optional().describe(config.accessText),
    accessIPv6: config.accessIPv6Schema.optional().describe(config.accessText),
    adminPass: adminPasswordSchema,
  })
  .meta({ examples: [{ image: 'debian-13' }] });
export type RebuildInput = Sealed<config.WithKey<z.infer<typeof rebuildSchema>>>;
