/** What is noted with a guest, as a hypervisor gives it back. What later versions note besides is left out. */
import { z } from 'zod';
import type { NetworkInterface } from '../../src/model/attachments.ts';
import type { Flavor } from '../../src/model/instance.ts';
import type { NotedGuest, NotedRecord } from '../../src/model/noted-guest.ts';
import { vmStates } from '../../src/model/states.ts';

export const flavorSchema = z.strictObject({
  name: z.string(),
  vcpus: z.number(),
  memoryMb: z.number(),
  diskGb: z.number(),
}) satisfies z.ZodType<Flavor>;

export const interfaceSchema = z.strictObject({
  port: z.string(),
  network: z.string(),
  mac: z.string(),
  fixedIp: z.exactOptional(z.string()),
}) satisfies z.ZodType<NetworkInterface>;

const residenceSchema = z.object({
  host: z.string(),
  claim: z.string(),
  disk: z.string(),
  rescueDisk: z.exactOptional(z.string()),
});

const pendingResizeSchema = z.object({ from: residenceSchema, flavor: flavorSchema, vmState: z.enum(vmStates) });

const lockSchema = z.object({
  by: z.string(),
  reason: z.string().nullable(),
  at: z.string(),
  forAdmins: z.exactOptional(z.boolean()),
});

export const notedRecordSchema = z.object({
  projectId: z.string(),
  userId: z.string(),
  image: z.string(),
  createdAt: z.string(),
  launchedAt: z.string().nullable(),
  pendingResize: pendingResizeSchema.nullable(),
  requestedBy: z.exactOptional(z.string()),
  description: z.exactOptional(z.string().nullable()),
  metadata: z.exactOptional(z.record(z.string(), z.string())),
  tags: z.exactOptional(z.array(z.string())),
  hostname: z.exactOptional(z.string()),
  key: z.exactOptional(z.object({ name: z.string(), type: z.literal('ssh'), publicKey: z.string() }).nullable()),
  accessIPv4: z.exactOptional(z.string().nullable()),
  accessIPv6: z.exactOptional(z.string().nullable()),
  locked: z.exactOptional(lockSchema.nullable()),
  backups: z.exactOptional(z.array(z.object({ image: z.string(), backupType: z.string() }))),
}) satisfies z.ZodType<NotedRecord>;

export const notedGuestSchema = z.object({
  name: z.string(),
  flavor: flavorSchema,
  hasConfigDrive: z.boolean(),
  record: notedRecordSchema,
}) satisfies z.ZodType<NotedGuest>;
