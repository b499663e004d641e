/** What a simulated hypervisor has of one instance, and what the image store has of one image. */
import { z } from 'zod';
import type { PowerState } from '../../../src/model/states.ts';

const flavorSchema = z.strictObject({ name: z.string(), vcpus: z.number(), memoryMb: z.number(), diskGb: z.number() });

const guestSchema = z.strictObject({
  name: z.string(),
  flavor: flavorSchema,
  disk: z.string(),
  otherDisks: z.array(z.string()).default([]),
  powerState: z.enum(['RUNNING', 'PAUSED', 'SHUTDOWN', 'CRASHED', 'SUSPENDED'] satisfies PowerState[]),
  /** How often it was started since it was first defined. */
  bootCount: z.int(),
  /** Key of the unit that started it last. Tells a reboot that has been done from one that is still to be done. */
  bootedBy: z.string().nullable(),
});
export type Guest = z.infer<typeof guestSchema>;

const diskSchema = z.strictObject({
  sizeGb: z.number(),
  image: z.string(),
  /** Stands for the bytes: written when the disk is made, and the same in every copy. */
  contents: z.string(),
  /** False while a copy is being made: there is something to remove, and nothing to use. */
  whole: z.boolean(),
});
export type Disk = z.infer<typeof diskSchema>;

export const stateSchema = z.strictObject({
  guest: guestSchema.nullable(),
  disks: z.record(z.string(), diskSchema),
  /** Whether the port of the instance is bound to this host. */
  port: z.boolean(),
});
export type InstanceState = z.infer<typeof stateSchema>;

/** An instance that the host has never heard of, or has nothing of any more. */
export const nothingThere: InstanceState = { guest: null, disks: {}, port: false };

/** Whether the host has nothing of the instance. */
export const isNothing = ({ guest, disks, port }: InstanceState): boolean =>
  guest === null && !port && Object.keys(disks).length === 0;

export const imageStateSchema = z.strictObject({
  /** Null before the upload begins, and when it has been removed. */
  image: diskSchema.extend({ name: z.string(), instanceId: z.string() }).nullable(),
});
export type ImageState = z.infer<typeof imageStateSchema>;
/** A disk at rest. `whole` is false while it is being uploaded. */
export type Image = NonNullable<ImageState['image']>;

export const noImage: ImageState = { image: null };
