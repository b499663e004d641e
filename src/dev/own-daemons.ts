/** libvirt daemons that belong to a configuration: one for each of its hosts that has no `uri`. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Those daemons, and what their hosts have. Paths are absolute. */
export interface OwnDaemons {
  /** Definitions, state, sockets and logs, by host. */
  readonly folder: string;
  readonly hosts: readonly string[];
  /** Where the guests of each host have their disks. */
  readonly directories: readonly string[];
  readonly images: string;
  readonly volumes: string;
  /** Null where guests have boot loaders. */
  readonly kernel: string | null;
}

/**
 * Where the folder of such daemons is reached by a short name, which is a link to it: their sockets are in it, and the
 * path of a socket is cut at 107 bytes, of which libvirt takes more than 80 for itself.
 */
export const shortFolder = (folder: string): string =>
  `/tmp/it-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`;

/** The URI of the daemon of a host, as scripts/libvirt/up.sh starts it. */
export const ownDaemonUri = (folder: string, host: string): string =>
  `qemu+unix:///session?socket=${join(shortFolder(folder), host, 'run/libvirt/libvirt-sock')}`;

/** Where live migrations between such daemons go through. */
export const ownSockets = (folder: string): string => join(shortFolder(folder), 'sockets');
