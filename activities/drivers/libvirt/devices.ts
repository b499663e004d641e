/** Devices that a guest gets and loses, whether it runs or not. */
import { setTimeout as delay } from 'node:timers/promises';
import { UnitFault } from '../../unit-fault.ts';
import type { ReadDomain } from './domain.ts';
import { guestOf, isOn, noteDefinition } from './guests.ts';
import { domainName } from './layout.ts';
import type { Act } from './unit.ts';

/** The definition that is kept, or what runs. */
export type View = 'kept' | 'live';

/** Devices of ours of one kind: those that a guest has, and those that it is to have. */
export interface Devices {
  readonly kind: 'disk' | 'interface';
  /** Aliases of those that it has, by what they are. */
  present(domain: ReadDomain, view: View): ReadonlyMap<string, string>;
  /** Those that it is to have, by what they are, as they are plugged beside what is there. */
  wanted(domain: ReadDomain, view: View): ReadonlyMap<string, string>;
}

/** A guest may take its time to let go, or never do. */
const patienceMs = 60_000;
const glanceMs = 300;
const askEveryMs = 5_000;

/** Has the guest have these devices and no others of the kind. Raises GUEST_UNRESPONSIVE. */
export async function plugDevices(act: Act, devices: Devices, effect: string): Promise<void> {
  const guest = await guestOf(act);
  const views: readonly View[] = isOn(guest) ? ['kept', 'live'] : ['kept'];
  let changed = false;
  for (const view of views) changed = (await plugInto(act, devices, view)) || changed;
  if (!changed) return;
  // It is another one than was asked for.
  await noteDefinition(act, { digest: '' });
  await act.delivery.note(effect);
}

/** Whether anything had to be changed. */
async function plugInto(act: Act, devices: Devices, view: View): Promise<boolean> {
  const affects = view === 'kept' ? '--config' : '--live';
  const domain = await act.host.definition(act.instanceId, view, act.context);
  const [present, wanted] = [devices.present(domain, view), devices.wanted(domain, view)];
  const [surplus, missing] = [without(present, wanted), without(wanted, present)];
  for (const alias of surplus) {
    await change(act, 'detach-device-alias', alias, affects);
    if (view === 'live') await untilGone(act, devices.kind, alias);
  }
  for (const xml of missing) await attach(act, xml, affects);
  return surplus.length + missing.length > 0;
}

const without = (all: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): string[] =>
  [...all].flatMap(([id, value]) => (others.has(id) ? [] : [value]));

const attach = (act: Act, xml: string, affects: string): Promise<void> =>
  act.delivery.withDraft(xml, (file) => change(act, 'attach-device', file, affects));

const change = ({ host, instanceId, delivery }: Act, word: string, what: string, affects: string) =>
  delivery.effect(null, host.virsh(word, domainName(instanceId), what, affects));

/** libvirt has asked the guest; that it has let go shows later. One that is still booting does not hear the first time. */
async function untilGone(act: Act, kind: Devices['kind'], alias: string): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  const end = Date.now() + patienceMs;
  let askedAt = Date.now();
  for (;;) {
    const { aliases } = await host.definition(instanceId, 'live', context);
    if (!aliases[kind].includes(alias)) return;
    context.progress(0);
    if (Date.now() >= end) throw new UnitFault('GUEST_UNRESPONSIVE', `the guest keeps the device ${alias}`);
    await delay(glanceMs, undefined, { signal: context.signal });
    if (Date.now() - askedAt < askEveryMs) continue;
    askedAt = Date.now();
    await delivery.attempt(host.virsh('detach-device-alias', domainName(instanceId), alias, '--live'));
  }
}
