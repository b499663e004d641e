import { z } from 'zod';
import { adminPasswordSchema } from './admin-password.schema.ts';
import { flavorSchema } from './flavor.schema.ts';
import * as config from './guest-config.schema.ts';
import { descriptionSchema, metadataSchema, tagsSchema } from './labels.schema.ts';
import { nameSchema } from './name.schema.ts';
import { optionalSecret, type Sealed } from './secret.schema.ts';

const networkSchema = z.strictObject({
  network: z.string().min(1).max(255).describe('name of the network'),
  fixedIp: z.union([z.ipv4(), z.ipv6()]).optional().describe('its address; the network chooses one where absent'),
});

export const createSchema = z
  .strictObject({
    name: nameSchema.describe('what people call the instance; need not be unique'),
    flavor: flavorSchema,
    image: z.string().min(1).describe('name, or id, of the image that its disk is made from'),
    host: z.string().min(1).optional().describe('the only host that will do'),
    networks: z
      .array(networkSchema)
      .max(16)
      .optional()
      .describe('an interface on each, beside the first one, which every instance has'),
    description: descriptionSchema.nullable().optional().describe('what it is for'),
    metadata: metadataSchema.optional().describe('what people and programs note of it'),
    tags: tagsSchema.optional().describe('words that it is found by'),
    hostname: config.hostnameSchema.optional().describe(`${config.hostnameText}; made of its name where absent`),
    key: config.serverKeySchema.optional().describe(config.keyText),
    userData: optionalSecret(config.userDataSchema, config.userDataText),
    files: optionalSecret(config.filesSchema, config.filesText),
    configDrive: z
      .boolean()
      .optional()
      .describe('it has a config drive; one that is given a key, user data or files has one anyhow'),
    accessIPv4: config.accessIPv4Schema.optional().describe(config.accessText),
    accessIPv6: config.accessIPv6Schema.optional().describe(config.accessText),
    adminPass: adminPasswordSchema,
  })
  .meta({ examples: [{ name: 'web', flavor: 'm1.small', image: 'debian-13' }] });
export type CreateInput = Sealed<config.WithKey<z.infer<typeof createSchema>>>;
