/** libvirt daemons that belong to a configuration: one for each of its hosts that has no `uri`. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where the folder of such daemons is reached by a short name, which is a link to it: their sockets are in it, and the
 * path of a socket is cut at 107 bytes, of which libvirt takes more than 80 for itself.
 */
export const shortFolder = (daemons: string): string =>
  `/tmp/it-${createHash('sha256').update(daemons).digest('hex').slice(0, 6)}`;

/** The URI of the daemon of a host, as scripts/libvirt/up.sh starts it. */
export const ownDaemonUri = (daemons: string, host: string): string =>
  `qemu+unix:///session?socket=${join(shortFolder(daemons), host, 'run/libvirt/libvirt-sock')}`;

/** Where live migrations between such daemons go through. */
export const ownSockets = (daemons: string): string => join(shortFolder(daemons), 's');
