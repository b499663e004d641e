/** What several declarations say of an instance. Pure, and safe on instances that were never placed. */
import type { Attachments } from '../model/attachments.ts';
import { hostnameFor, type ConfigSecrets } from '../model/config-drive.ts';
import type { Flavor, InstanceRecord, Residence } from '../model/instance.ts';
import { notedRecordOf } from '../model/noted-guest.ts';
import type { GuestDefinition } from './units/index.ts';

/** What tells of an instance. */
export interface OfInstance {
  readonly instance: InstanceRecord;
}

/** What tells of a task. */
export interface OfTask {
  readonly taskId: string;
}

/** Where the instance lives. Throws when it lives nowhere: operations on guests declare that they need a host. */
export function residenceOf(instance: InstanceRecord): Residence {
  if (instance.residence === null) throw new Error(`instance ${instance.id} is on no host`);
  return instance.residence;
}

/** The host whose workers change the guest. */
export const hostOf = (context: OfInstance): string => residenceOf(context.instance).host;

/** Where the instance lives, without what it was rescued with. */
export function ownResidenceOf(instance: InstanceRecord): Residence {
  const { host, claim, disk } = residenceOf(instance);
  return { host, claim, disk };
}

/** What the guest has beside its disk and its first port, wherever it is defined. */
const attachmentsOf = ({ volumes = [], interfaces = [] }: InstanceRecord): Attachments => ({
  ...(volumes.length > 0 && { volumes }),
  ...(interfaces.length > 0 && { interfaces }),
});

/** Its config drive, where it has one: the secrets stay sealed until a worker of the host writes it. */
function configDriveOf(instance: InstanceRecord): Pick<GuestDefinition, 'configDrive' | keyof ConfigSecrets> {
  const { id, name, projectId, hostname = hostnameFor(name, id), metadata = {}, key, configDrive } = instance;
  if (!configDrive) return {};
  return { configDrive: { hostname, projectId, metadata, ...(key && { key }) }, ...configDrive };
}

/** The guest as the record has it, on that disk. */
export const definitionOn = (
  disk: string,
  instance: InstanceRecord,
  flavor: Flavor = instance.flavor,
): GuestDefinition => ({
  name: instance.name,
  flavor,
  disk,
  ...attachmentsOf(instance),
  ...configDriveOf(instance),
  record: notedRecordOf(instance),
});

/** The guest as the record has it. */
export const definitionOf = (instance: InstanceRecord): GuestDefinition =>
  definitionOn(residenceOf(instance).disk, instance);

/** The guest as it is while the instance is rescued: started from that disk, with its own beside it. */
export const rescueDefinitionOf = (instance: InstanceRecord, rescueDisk: string): GuestDefinition => ({
  ...definitionOn(rescueDisk, instance),
  otherDisks: [residenceOf(instance).disk],
});

/** Whether the guest may be anything but off. */
export const mayRun = ({ instance }: OfInstance): boolean =>
  instance.powerState !== 'SHUTDOWN' && instance.powerState !== 'NOSTATE';

/** Refusal of an operation that takes the instance to another host. */
export const needsOtherHost = ({ input: { host }, instance }: ToHost): string | null =>
  host !== undefined && host === instance.residence?.host
    ? `the instance is on ${host} already`
    : needsHost({ instance });

interface ToHost extends OfInstance {
  readonly input: { readonly host?: string | undefined };
}

/** Refusal of an operation on the guest as it is, which may be in the system that the instance was rescued with. */
export const needsOwnSystem = ({ instance }: OfInstance): string | null =>
  instance.residence?.rescueDisk === undefined
    ? needsHost({ instance })
    : 'it may be in the system that it was rescued with: unrescue it first';

/** Refusal of an operation that needs a guest, for an instance that has none. */
export const needsHost = ({ instance }: OfInstance): string | null =>
  instance.residence === null ? 'the instance is on no host' : null;
