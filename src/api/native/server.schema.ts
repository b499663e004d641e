/** Servers as resources of the native API. */
import { z } from 'zod';
import { isPowerState, powerStates, vmStates } from '../../model/states.ts';
import { createSchema } from '../../operations/create.schema.ts';
import { linkSchema } from './links.ts';

const time = z.iso.datetime();
const powerStateWords = Object.keys(powerStates).filter(isPowerState);
const word = (text: string) => text.replaceAll('-', '_').toUpperCase();

/** The words of the proposal: `shelved_offloaded` → `SHELVED_OFFLOADED`; what is active there is `ACTIVE` here, too. */
export const virtStateOf = (vmState: string): string => word(vmState);
const flavorSchema = z
  .object({ name: z.string(), vcpus: z.int(), memory_mb: z.int(), disk_gb: z.int() })
  .meta({ id: 'flavor' });

const summaryShape = {
  id: z.guid(),
  name: z.string(),
  project_id: z.string(),
  user_id: z.string().nullable(),
  virt_state: z.enum(vmStates.map(virtStateOf)),
  task_state: z.string().nullable().describe('what is being done to it; null when nothing is'),
  power_state: z.enum(powerStateWords).nullable().describe('what its guest does'),
  flavor: flavorSchema.nullable(),
  image: z.string().nullable(),
  host: z.string().nullable().describe('admins only'),
  created_at: time,
  updated_at: time,
  _links: z.object({ self: linkSchema, describedby: linkSchema, 'rel/server_tasks': linkSchema }),
} as const;
export const serverSummarySchema = z
  .object(summaryShape)
  .meta({ id: 'server_summary', description: 'a server, as lists show it' });
export type ServerSummary = z.infer<typeof serverSummarySchema>;

export const serverSchema = z
  .object({
    ...summaryShape,
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    tags: z.array(z.string()),
    hostname: z.string().describe('what the guest calls itself'),
    key: z.string().nullable().describe('name of the key pair that lets its owner log in'),
    config_drive: z.boolean(),
    access_addresses: z.array(z.string()).describe('where its owner says that it is reached'),
    locked: z
      .object({
        by: z.string(),
        reason: z.string().nullable(),
        at: time,
        for_admins: z.boolean().describe('whether members may not take it away'),
      })
      .nullable(),
    block_devices: z.array(z.object({ volume: z.string(), device: z.string() })),
    networking: z.array(
      z.object({ port: z.string(), network: z.string(), mac: z.string(), fixed_ip: z.string().nullable() }),
    ),
    follow_up: z
      .object({ action: z.string(), at: time, reason: z.string() })
      .nullable()
      .describe('what the platform will ask for by itself'),
  })
  .meta({ id: 'server', description: 'a virtual machine' });
export type ServerResource = z.infer<typeof serverSchema>;

/** One of a batch of new servers; what it leaves out the defaults say. */
export const newServerSchema = z.strictObject({
  ...createSchema.shape,
  flavor: z.string().min(1).describe('name of the flavor'),
});
const batchLimit = 100;
export const newServersSchema = z
  .strictObject({
    defaults: newServerSchema.partial().prefault({}).describe('for all of them'),
    servers: z.array(newServerSchema.partial()).min(1).max(batchLimit).describe('one for each; what it says wins'),
    reason: z.string().max(1_000).optional(),
  })
  .meta({ id: 'new_servers', description: 'a batch of servers, which is looked at as a whole before anything starts' });

export const launchedSchema = z
  .object({
    servers: z.array(
      z.object({
        id: z.guid(),
        launched_at: time.nullable(),
        _links: z.object({ self: linkSchema, 'rel/server_tasks': linkSchema, 'rel/server_task': linkSchema }),
      }),
    ),
  })
  .meta({ id: 'launched_servers' });
