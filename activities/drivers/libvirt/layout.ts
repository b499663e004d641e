/** Where files are. Names come from elsewhere: none of them may lead out of its folder. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FaultCode } from '../../../src/model/fault.ts';
import { UnitFault } from '../../unit-fault.ts';

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/;

export const isPlainName = (name: string): boolean => plainName.test(name);

/** Nothing can be there that has another kind of name. */
function named(name: string, otherwise: FaultCode = 'INTERNAL_ERROR'): string {
  if (!isPlainName(name)) throw new UnitFault(otherwise, `${JSON.stringify(name)} is no name of a file`);
  return name;
}

/** What belongs to one instance on one host. */
export const guestFolder = (directory: string, instanceId: string): string => join(directory, named(instanceId));

export const diskFile = (directory: string, instanceId: string, disk: string): string =>
  join(guestFolder(directory, instanceId), `${named(disk)}.qcow2`);

export const consoleFile = (directory: string, instanceId: string): string =>
  join(guestFolder(directory, instanceId), 'console.log');

/** What the guest is told of itself. */
export const configDriveFile = (directory: string, instanceId: string): string =>
  join(guestFolder(directory, instanceId), 'config-drive.iso');

export const imageFile = (images: string, image: string): string =>
  join(images, `${named(image, 'IMAGE_NOT_FOUND')}.qcow2`);

export const volumeFile = (volumes: string, volume: string): string =>
  join(volumes, `${named(volume, 'VOLUME_NOT_FOUND')}.qcow2`);

/** Who has the volume. */
export const reservationFile = (volumes: string, volume: string): string => join(volumes, `${named(volume)}.reserved`);

/** With this begins, in any folder, what a unit of the instance has not finished yet; no name of anything else does. */
export const draftPrefix = (folder: string, instanceId: string): string => join(folder, `.draft-${named(instanceId)}-`);

/** A new file for such. */
export const draftFile = (folder: string, instanceId: string, extension: string): string =>
  `${draftPrefix(folder, instanceId)}${randomUUID()}${extension}`;

/** As libvirt knows the guest: names need not be unique, ids are. */
export const domainName = (instanceId: string): string => `instance-${named(instanceId)}`;
