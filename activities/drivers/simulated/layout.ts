/** Where the simulated hypervisors keep what they know. Everything is below one folder, outside any worker. */
import { join } from 'node:path';

/** A name that comes from outside and becomes part of a path: it must not lead out of its folder. */
function segment(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new RangeError(`"${name}" is no name of a host, instance, image, volume or rule`);
  return name;
}

/** One folder for each host. */
export const hostsDirectory = (root: string): string => join(root, 'hosts');

/** One folder for each instance that the host ever heard of. */
export const instancesDirectory = (root: string, host: string): string =>
  join(hostsDirectory(root), segment(host), 'instances');

/** The journal of one instance on one host. */
export const journalDirectory = (root: string, host: string, instanceId: string): string =>
  join(instancesDirectory(root, host), segment(instanceId));

/** The image store, which belongs to no host: one folder for each image that there ever was. */
export const imagesDirectory = (root: string): string => join(root, 'images');

/** The journal of one image. All that write it are units of the one instance whose disk it was made from. */
export const imageDirectory = (root: string, id: string): string => join(imagesDirectory(root), segment(id));

/** The volume store, which belongs to no host: one folder for each volume. */
export const volumesDirectory = (root: string): string => join(root, 'volumes');

/** The journal of one volume. Units of any instance write it. */
export const volumeDirectory = (root: string, id: string): string => join(volumesDirectory(root), segment(id));

/** That the live migration of this task was told to complete; read by the unit that carries it out. */
export const forcedMigrationFile = (root: string, host: string, taskId: string): string =>
  join(hostsDirectory(root), segment(host), 'forced', `${segment(taskId)}.json`);

/** One file for each worker that serves the host, named after its process. */
export const workersDirectory = (root: string, host: string): string =>
  join(hostsDirectory(root), segment(host), 'workers');

/** The rules that make units misbehave. */
export const faultsDirectory = (root: string): string => join(root, 'faults');

/** One rule. */
export const faultRuleFile = (root: string, id: string): string => join(faultsDirectory(root), `${segment(id)}.json`);

/** One file for each time that the rule has struck, of those that strike a limited number of times. */
export const faultUsesDirectory = (root: string, id: string): string =>
  join(faultsDirectory(root), `${segment(id)}.uses`);
