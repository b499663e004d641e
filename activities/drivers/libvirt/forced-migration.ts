/** A live migration that is to end soon: the guest stops for what is left to be copied. */
import { writeFile } from 'node:fs/promises';
import type { UnitContext } from '../driver.ts';
import { exists } from './disks.ts';
import { Delivery } from './fencing.ts';
import { domainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { Act } from './unit.ts';

/** The longest that QEMU takes: what it may stop the guest for, it switches at once. */
const longestMs = 2_000_000;

/** Where a task leaves that its migration is to be forced. */
const markOf = (host: LibvirtHost, { purpose }: UnitContext): string =>
  host.file(purpose.instanceId, `forced-${purpose.taskId}`);

/** Leaves a mark, which the migration heeds: it runs beside it, and must not shut it out. */
export const forcing =
  (host: LibvirtHost) =>
  async (_input: unknown, context: UnitContext): Promise<unknown> => {
    await Delivery.beside(host, context);
    if ((await host.look(context.purpose.instanceId, context)) !== null) await writeFile(markOf(host, context), '');
    return {};
  };

/** Where it is wanted, QEMU may stop the guest as long as it likes. It goes on where it arrives, or here if that fails. */
export async function heedForce({ host, instanceId, delivery, context }: Act): Promise<void> {
  if (!(await exists(markOf(host, context)))) return;
  await delivery.attempt(host.virsh('migrate-setmaxdowntime', domainName(instanceId), String(longestMs)));
}

/** Nothing is left to be forced. */
export async function forgetForce({ host, delivery, context }: Act): Promise<void> {
  const mark = markOf(host, context);
  if (await exists(mark)) await delivery.effect(null, ['rm', '-f', mark]);
}
