/** What a server may be made with: Nova's schema of the body, by version. */
import { z } from 'zod';
import { unexpected } from './complaint.ts';
import type { Microversion } from './microversion.ts';
import * as types from './parameters.ts';
import { repr } from './python-words.ts';

const network = z.strictObject({
  uuid: types.uuid.optional(),
  port: types.uuid.nullish(),
  fixed_ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  tag: types.tag.optional(),
});
const networks = types.anyOf(z.union([z.array(network), z.enum(['none', 'auto'])]));
/** Python's decoder leaves out what is none of its letters. */
const base64 = z.string().max(65_535);
/** From 2.94 on it may have dots. */
const shortHostname = /^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/;
const hostname = z
  .string()
  .min(2)
  .max(255)
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9-.]*[a-zA-Z0-9])?$/);
const blockDevice = z.looseObject({ source_type: z.string().optional(), uuid: types.uuid.nullish() });
const personality = z.array(z.strictObject({ path: z.string(), contents: z.string() }));

const keys = {
  name: types.name,
  flavorRef: types.flavorRef,
  imageRef: types.anyOf(z.union([types.uuid, z.literal('')])).optional(),
  networks: networks.optional(),
  adminPass: z.string().optional(),
  metadata: types.metadata.optional(),
  key_name: types.name.nullish(),
  user_data: base64.nullish(),
  config_drive: types.boolean.nullish(),
  availability_zone: types.name.optional(),
  security_groups: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  min_count: types.wholeNumber(1).optional(),
  max_count: types.wholeNumber(1).optional(),
  return_reservation_id: types.boolean.optional(),
  block_device_mapping: z.array(z.looseObject({})).optional(),
  block_device_mapping_v2: z.array(blockDevice).optional(),
  'OS-DCF:diskConfig': types.diskConfig.optional(),
  accessIPv4: z.ipv4().nullish(),
  accessIPv6: z.ipv6().nullish(),
  personality: personality.optional(),
  description: types.description.optional(),
  tags: types.tags.optional(),
  trusted_image_certificates: z.array(z.string().min(1)).min(1).max(50).nullish(),
  host: z.string().min(1).max(255).optional(),
  hypervisor_hostname: z.string().min(1).max(255).optional(),
  hostname: hostname.optional(),
} as const;

/** Since when, and up to when, there is a key. */
const versions: Partial<Record<keyof typeof keys, readonly [from: Microversion, to: Microversion]>> = {
  personality: [1, 56],
  description: [19, Infinity],
  tags: [52, Infinity],
  trusted_image_certificates: [63, Infinity],
  host: [74, Infinity],
  hypervisor_hostname: [74, Infinity],
  hostname: [90, Infinity],
};

const full = z.strictObject(keys);
export type NewServer = z.output<typeof full>;

const hints = z.looseObject({});
const schedulerHints = { 'os:scheduler_hints': hints.optional(), 'OS-SCH-HNT:scheduler_hints': hints.optional() };

/** The body, as that version takes it. */
export function createServerSchema(version: Microversion) {
  const isKnown = (key: keyof typeof keys): boolean => {
    const [from, to] = versions[key] ?? [1, Infinity];
    return version >= from && version <= to;
  };
  const server: z.ZodType<NewServer> = version >= 37 ? full.required({ networks: true }) : full;
  return z.strictObject({
    server: server.superRefine((value, context) => {
      if (version < 94 && value.hostname !== undefined && !shortHostname.test(value.hostname)) {
        const message = `${repr(value.hostname)} does not match '${shortHostname.source}'`;
        context.addIssue({ code: 'custom', path: ['hostname'], message });
      }
      for (const key of full.keyof().options) {
        if (value[key] !== undefined && !isKnown(key)) context.addIssue({ code: 'custom', message: unexpected([key]) });
      }
    }),
    ...schedulerHints,
  });
}
