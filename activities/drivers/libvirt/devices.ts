/** Devices that a guest gets and loses, whether it runs or not. */
import { setTimeout as delay } from 'node:timers/promises';
import { UnitFault } from '../../unit-fault.ts';
import { guestOf, isOn, noteDefinition } from './guests.ts';
import { domainName } from './layout.ts';
import type { Act } from './unit.ts';

export type DeviceKind = 'disk' | 'interface';

/** A guest may take its time to let go, or never do. */
const patienceMs = 60_000;
const glanceMs = 300;
const askEveryMs = 5_000;

/** Has the guest have these devices of ours of one kind, by alias, and no others. Raises GUEST_UNRESPONSIVE. */
export async function plugDevices(
  act: Act,
  kind: DeviceKind,
  wanted: ReadonlyMap<string, string>,
  isMeant: (alias: string) => boolean,
  effect: string,
): Promise<void> {
  const { host, instanceId, context } = act;
  const guest = await guestOf(act);
  const views = isOn(guest) ? (['kept', 'live'] as const) : (['kept'] as const);
  let changed = false;
  for (const view of views) {
    const affects = view === 'kept' ? '--config' : '--live';
    const present = (await host.definition(instanceId, view, context)).aliases[kind].filter(isMeant);
    for (const alias of present.filter((each) => !wanted.has(each))) {
      await change(act, 'detach-device-alias', alias, affects);
      if (view === 'live') await untilGone(act, kind, alias);
      changed = true;
    }
    for (const [alias, xml] of wanted) {
      if (present.includes(alias)) continue;
      await attach(act, xml, affects);
      changed = true;
    }
  }
  if (!changed) return;
  // It is another one than was asked for.
  await noteDefinition(act, { digest: '' });
  await act.delivery.note(effect);
}

const attach = (act: Act, xml: string, affects: string): Promise<void> =>
  act.delivery.withDraft(xml, (file) => change(act, 'attach-device', file, affects));

const change = ({ host, instanceId, delivery }: Act, word: string, what: string, affects: string) =>
  delivery.effect(null, host.virsh(word, domainName(instanceId), what, affects));

/** libvirt has asked the guest; that it has let go shows later. One that is still booting does not hear the first time. */
async function untilGone({ host, instanceId, delivery, context }: Act, kind: DeviceKind, alias: string): Promise<void> {
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
