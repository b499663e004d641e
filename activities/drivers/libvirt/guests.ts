/** Guests that come, go and change their power state. */
import type { GuestDefinition, GuestReport } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { Opened } from '../driver.ts';
import { removeConfigDrive, writeConfigDrive } from './config-drive.ts';
import { digestOf, toDomain } from './domain.ts';
import { exists, expectDisk } from './disks.ts';
import { consoleFile, domainName } from './layout.ts';
import type { SeenGuest } from './libvirt-host.ts';
import { metadataUri, toMetadata, type Noted } from './metadata.ts';
import type { Act, Behaviour } from './unit.ts';

/** What libvirt says of the guest. */
export async function reportOf({ host, instanceId, context }: Act): Promise<GuestReport> {
  return { powerState: (await host.look(instanceId, context))?.powerState ?? 'NOSTATE' };
}

/** The guest. Raises GUEST_NOT_FOUND when there is none. */
export async function guestOf({ host, instanceId, context }: Act): Promise<SeenGuest> {
  const guest = await host.look(instanceId, context);
  if (guest === null) throw new UnitFault('GUEST_NOT_FOUND', `${host.name} has no guest of this instance`);
  return guest;
}

/** The guest is in a state that the unit cannot start from. */
export const conflict = ({ powerState }: SeenGuest): UnitFault =>
  new UnitFault('GUEST_STATE_CONFLICT', `the guest is ${powerState}`, { remark: `It is ${powerState.toLowerCase()}.` });

/** Runs a command of virsh that changes the guest. */
export const tell = ({ host, instanceId, delivery }: Act, effect: string | null, word: string, ...more: string[]) =>
  delivery.effect(effect, host.virsh(word, domainName(instanceId), ...more));

/** Has QEMU run for the guest, from nothing or from what was saved of its memory. */
export async function startUp({ host, instanceId, delivery }: Act, effect: string): Promise<void> {
  const { command, options } = host.starting(domainName(instanceId));
  await delivery.effect(effect, command, options);
}

/** What a unit notes of itself. */
const notedBy = (
  { instanceId, delivery, context }: Act,
  { boot, digest, interfaces }: Pick<Noted, 'boot' | 'digest' | 'interfaces'>,
): Noted => ({ instanceId, taskId: context.purpose.taskId, fence: delivery.fence, boot, digest, interfaces });

/** Has libvirt keep this definition; what runs stays as it was started. */
export async function define(
  act: Act,
  definition: Opened<GuestDefinition>,
  boot: string,
  effect: string | null,
): Promise<void> {
  const { host, instanceId, delivery } = act;
  const disks = [definition.disk, ...(definition.otherDisks ?? [])];
  for (const disk of disks) await expectDisk(host, instanceId, disk);
  await writeConfigDrive(act, definition);
  const noted = notedBy(act, { boot, digest: digestOf(definition), interfaces: definition.interfaces ?? [] });
  const xml = toDomain(host.options, definition, noted);
  await delivery.withDraft(xml, (file) => delivery.effect(effect, host.virsh('define', file)));
}

/** Notes something with the definition that is kept. What runs says still what it was started with. */
export async function noteDefinition(
  act: Act,
  news: Partial<Pick<Noted, 'boot' | 'digest' | 'interfaces'>>,
): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  const { noted } = await host.definition(instanceId, 'kept', context);
  const own = notedBy(act, { ...(noted ?? { boot: '', digest: '', interfaces: [] }), ...news });
  const words = ['--uri', metadataUri, '--key', 'it', '--set', toMetadata(own), '--config'];
  await delivery.effect(null, host.virsh('metadata', domainName(instanceId), ...words));
}

export const definition: Behaviour<Opened<GuestDefinition>, GuestReport> = {
  async change(input, act) {
    const guest = await act.host.look(act.instanceId, act.context);
    if (guest !== null && guest.powerState !== 'SHUTDOWN') throw conflict(guest);
    const kept = guest === null ? null : (await act.host.definition(act.instanceId, 'kept', act.context)).noted;
    if (kept?.digest === digestOf(input)) return;
    await define(act, input, kept?.boot ?? '', guest === null ? 'guest defined' : 'guest redefined');
  },
  report: reportOf,
};

/** Has libvirt know it no more, with what it has saved of it; nobody can read its console then. */
export async function removeGuest(act: Act, effect: string | null): Promise<void> {
  const { host, instanceId, delivery } = act;
  const guest = await host.look(instanceId, act.context);
  if (guest !== null && isOn(guest)) await tell(act, null, 'destroy');
  // A guest that has migrated has left it.
  const console = consoleFile(host.options.directory, instanceId);
  if (await exists(console)) await delivery.effect(null, ['rm', '-f', console]);
  await removeConfigDrive(act);
  if (guest === null) return;
  await tell(act, effect, 'undefine', '--managed-save', '--snapshots-metadata', '--checkpoints-metadata', '--nvram');
}

export const destruction: Behaviour<unknown, unknown> = {
  change: (_input, act) => removeGuest(act, 'guest destroyed'),
  report: async () => ({}),
};

/** Whether QEMU runs for it. */
export const isOn = ({ powerState }: SeenGuest): boolean =>
  powerState === 'RUNNING' || powerState === 'PAUSED' || powerState === 'CRASHED';

export const inspection: Behaviour<unknown, GuestReport> = { change: async () => {}, report: reportOf };

interface Transition {
  readonly from: readonly SeenGuest['powerState'][];
  readonly to: SeenGuest['powerState'];
  /** States besides `to` that are as good. */
  readonly already?: readonly SeenGuest['powerState'][];
  readonly effect: string;
  readonly by: (act: Act, effect: string) => Promise<void>;
}

const transition = ({ from, to, already = [], effect, by }: Transition): Behaviour<unknown, GuestReport> => ({
  async change(_input, act) {
    const guest = await guestOf(act);
    if (guest.powerState === to || already.includes(guest.powerState)) return;
    if (!from.includes(guest.powerState)) throw conflict(guest);
    await by(act, effect);
  },
  report: reportOf,
});
const telling = (word: string) => (act: Act, effect: string) => tell(act, effect, word);

export const start = transition({ from: ['SHUTDOWN'], to: 'RUNNING', effect: 'guest started', by: startUp });
/** A suspended guest is off, and its memory on disk is not given up for that. */
export const powerOff = transition({
  from: ['RUNNING', 'PAUSED', 'CRASHED'],
  to: 'SHUTDOWN',
  already: ['SUSPENDED'],
  effect: 'guest powered off',
  by: telling('destroy'),
});
export const pause = transition({
  from: ['RUNNING'],
  to: 'PAUSED',
  effect: 'guest paused',
  by: telling('suspend'),
});
export const unpause = transition({
  from: ['PAUSED'],
  to: 'RUNNING',
  effect: 'guest unpaused',
  by: telling('resume'),
});
export const resume = transition({ from: ['SUSPENDED'], to: 'RUNNING', effect: 'guest resumed', by: startUp });
