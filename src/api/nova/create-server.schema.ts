/** What a server may be made with: Nova's schema of the body, by version. */
import { z } from 'zod';
import { unexpected } from './complaint.ts';
import type { Microversion } from './microversion.ts';
import * as types from './parameters.ts';

const network = z.strictObject({
  uuid: types.uuid.optional(),
  port: types.uuid.nullish(),
  fixed_ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  tag: types.tag.optional(),
});
const networks = types.anyOf(z.union([z.array(network), z.enum(['none', 'auto'])]));
const blockDevice = z.looseObject({ source_type: z.string().optional(), uuid: types.uuid.nullish() });

const keys = {
  name: types.name,
  flavorRef: types.flavorRef,
  imageRef: types.anyOf(z.union([types.uuid, z.literal('')])).optional(),
  networks: networks.optional(),
  adminPass: z.string().optional(),
  metadata: types.metadata.optional(),
  key_name: types.name.nullish(),
  user_data: types.userData.nullish(),
  config_drive: types.boolean.nullish(),
  availability_zone: types.name.optional(),
  security_groups: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  min_count: types.wholeNumber(1).optional(),
  max_count: types.wholeNumber(1).optional(),
  return_reservation_id: types.boolean.optional(),
  block_device_mapping: z.array(z.looseObject({})).optional(),
  block_device_mapping_v2: z.array(blockDevice).optional(),
  'OS-DCF:diskConfig': types.diskConfig.optional(),
  ...types.addresses,
  personality: types.personality.optional(),
  description: types.description.optional(),
  tags: types.tags.optional(),
  trusted_image_certificates: z.array(z.string().min(1)).min(1).max(50).nullish(),
  host: z.string().min(1).max(255).optional(),
  hypervisor_hostname: z.string().min(1).max(255).optional(),
  hostname: types.hostname(Infinity).optional(),
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
  const known = full.extend({ hostname: types.hostname(version).optional() });
  const server: z.ZodType<NewServer> = version >= 37 ? known.required({ networks: true }) : known;
  return z.strictObject({
    server: server.superRefine((value, context) => {
      for (const key of full.keyof().options) {
        if (value[key] !== undefined && !isKnown(key)) context.addIssue({ code: 'custom', message: unexpected([key]) });
      }
    }),
    ...schedulerHints,
  });
}
