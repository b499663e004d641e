/** What a simulated hypervisor has of one instance, what the image store has of one image, the volume store of one volume. */
import { z } from 'zod';
import type { PowerState } from '../../../src/model/states.ts';
import { flavorSchema, interfaceSchema, notedRecordSchema } from '../noted-guest.schema.ts';

const attachmentSchema = z.strictObject({ volume: z.string(), device: z.string() });

const guestSchema = z.strictObject({
  name: z.string(),
  flavor: flavorSchema,
  disk: z.string(),
  otherDisks: z.array(z.string()).default([]),
  /** They are connected to the host. */
  volumes: z.array(attachmentSchema).default([]),
  /** Beside its first. */
  interfaces: z.array(interfaceSchema).default([]),
  /** What it was given: absent without a config drive. */
  configDrive: z.exactOptional(
    z.strictObject({
      /** What is no secret of `meta_data.json`. */
      metadata: z.record(z.string(), z.unknown()),
      /** SHA-256 of each file, by its path. */
      digests: z.record(z.string(), z.string()),
    }),
  ),
  /** What is kept of the record; absent where an earlier version has defined it. */
  record: z.exactOptional(notedRecordSchema),
  powerState: z.enum(['RUNNING', 'PAUSED', 'SHUTDOWN', 'CRASHED', 'SUSPENDED'] satisfies PowerState[]),
  /** How often it was started since it was first defined. */
  bootCount: z.int(),
  /** Key of the unit that started it last. Tells a reboot that has been done from one that is still to be done. */
  bootedBy: z.string().nullable(),
  /** Keys of the units that sent it a non-maskable interrupt. */
  interrupts: z.array(z.string()).default([]),
  /** It is on its way here: its memory is being filled, and it does not run before all of it is there. */
  incoming: z.exactOptional(z.literal(true)),
  /** It has been stopped to leave for another host, and was that before. It runs on only where it arrives, or when it is kept. */
  departing: z.exactOptional(z.enum(['RUNNING', 'PAUSED'] satisfies PowerState[])),
});
export type Guest = z.infer<typeof guestSchema>;

const diskSchema = z.strictObject({
  sizeGb: z.number(),
  image: z.string(),
  /** Stands for the bytes: written when the disk is made, and the same in every copy. */
  contents: z.string(),
  /** False while a copy is being made: there is something to remove, and nothing to use. */
  whole: z.boolean(),
  /** SHA-256 of what the administrator's password was last set to; absent while it is that of the image. */
  passwordDigest: z.exactOptional(z.string()),
});
export type Disk = z.infer<typeof diskSchema>;

export const stateSchema = z.strictObject({
  guest: guestSchema.nullable(),
  disks: z.record(z.string(), diskSchema),
  /** Whether the port of the instance is bound to this host. */
  port: z.boolean(),
  /** The ports of further interfaces that are bound to it. */
  interfaces: z.array(interfaceSchema).default([]),
});
export type InstanceState = z.infer<typeof stateSchema>;

/** An instance that the host has never heard of, or has nothing of any more. */
export const nothingThere: InstanceState = { guest: null, disks: {}, port: false, interfaces: [] };

/** Whether the host has nothing of the instance. */
export const isNothing = ({ guest, disks, port, interfaces }: InstanceState): boolean =>
  guest === null && !port && interfaces.length === 0 && Object.keys(disks).length === 0;

export const imageStateSchema = z.strictObject({
  /** Null before the upload begins, and when it has been removed. */
  image: diskSchema.extend({ name: z.string(), instanceId: z.string() }).nullable(),
});
export type ImageState = z.infer<typeof imageStateSchema>;
/** A disk at rest. `whole` is false while it is being uploaded. */
export type Image = NonNullable<ImageState['image']>;

export const noImage: ImageState = { image: null };

export const volumeStateSchema = z.strictObject({
  /** Null for a volume that nobody has made. */
  volume: z
    .strictObject({
      sizeGb: z.number(),
      /** As with disks. */
      contents: z.string(),
      /** Id of the instance that it is reserved for. */
      instanceId: z.string().nullable(),
      /** Key of the unit that has copied another volume to it, or is about to; null when that was wiped. */
      copiedBy: z.string().nullable(),
      /** False while a copy to it is being made. */
      whole: z.boolean(),
    })
    .nullable(),
});
export type VolumeState = z.infer<typeof volumeStateSchema>;
export type Volume = NonNullable<VolumeState['volume']>;

export const noVolume: VolumeState = { volume: null };
