/** The volume store: files that all hosts reach. Whose one is says a file beside it, which only one instance can have made. */
import { readFile } from 'node:fs/promises';
import { UnitFault } from '../../unit-fault.ts';
import { exists } from './disks.ts';
import { reservationFile, volumeFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act } from './unit.ts';

/** Raises VOLUME_NOT_FOUND. */
export async function expectVolume({ options }: LibvirtHost, volume: string): Promise<string> {
  const file = volumeFile(options.volumes, volume);
  if (await exists(file)) return file;
  throw new UnitFault('VOLUME_NOT_FOUND', `the volume store has no ${file}`);
}

/** Id of the instance that has it; null where none has. */
export const holderOf = (volumes: string, volume: string): Promise<string | null> =>
  readFile(reservationFile(volumes, volume), 'utf8').catch(() => null);

/** Raises VOLUME_IN_USE unless the instance has it. */
export async function expectOwn({ host, instanceId }: Act, volume: string): Promise<void> {
  const holder = await holderOf(host.options.volumes, volume);
  if (holder === instanceId) return;
  throw new UnitFault('VOLUME_IN_USE', `the volume ${volume} is ${holder ?? 'nobody'}'s`);
}
