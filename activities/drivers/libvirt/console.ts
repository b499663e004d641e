import { readFile } from 'node:fs/promises';
import { UnitFault } from '../../unit-fault.ts';
import { consoleFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';

/** What the guest has written to its serial console since it was made. Raises GUEST_NOT_FOUND. */
export async function readConsole(host: LibvirtHost, instanceId: string): Promise<string> {
  if ((await host.look(instanceId)) === null) {
    throw new UnitFault('GUEST_NOT_FOUND', `${host.name} has no guest of this instance`);
  }
  // One that was never started has written nothing.
  return readFile(consoleFile(host.options.directory, instanceId), 'utf8').catch(() => '');
}
