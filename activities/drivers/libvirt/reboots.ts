/** What is asked of a guest that may not react, and the reboot that does not ask. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestDefinition, GuestReport } from '../../../src/operations/units/index.ts';
import type { Opened } from '../driver.ts';
import { conflict, define, guestOf, isOn, noteDefinition, reportOf, startUp, tell } from './guests.ts';
import { domainName } from './layout.ts';
import type { Act, Behaviour } from './unit.ts';

interface Patient {
  readonly timeoutSeconds: number;
}

const glanceMs = 300;
/** A guest that is still booting hears the first button no more than a sleeper does. */
const buttonEveryMs = 5_000;

/** Presses the power button until the guest is off, or its time is over. */
async function askToShutDown(act: Act, { timeoutSeconds }: Patient): Promise<boolean> {
  const { context } = act;
  const begun = Date.now();
  let pressedAt = -Infinity;
  for (;;) {
    const { powerState } = await guestOf(act);
    if (powerState === 'SHUTDOWN') return true;
    const elapsed = Date.now() - begun;
    if (powerState !== 'RUNNING' || elapsed >= timeoutSeconds * 1_000) return false;
    // It has answered.
    context.progress(Math.min(1, elapsed / (timeoutSeconds * 1_000)));
    if (Date.now() - pressedAt >= buttonEveryMs) {
      pressedAt = Date.now();
      // It may be off by now; the next look tells.
      await act.delivery.attempt(act.host.virsh('shutdown', domainName(act.instanceId), '--mode', 'acpi'));
    }
    await delay(glanceMs, undefined, { signal: context.signal });
  }
}

export const shutDown: Behaviour<Patient, GuestReport & { readonly off: boolean }> = {
  async change(input, act) {
    const guest = await guestOf(act);
    // One that has crashed hears nothing.
    if (guest.powerState === 'SHUTDOWN' || guest.powerState === 'CRASHED') return;
    if (guest.powerState !== 'RUNNING') throw conflict(guest);
    if (await askToShutDown(act, input)) await act.delivery.note('guest shut down');
  },
  async report(act) {
    const report = await reportOf(act);
    return { ...report, off: report.powerState === 'SHUTDOWN' };
  },
};

/** Whether the guest runs since the unit of this delivery has started it. */
async function isBooted({ host, instanceId, delivery, context }: Act): Promise<boolean> {
  const guest = await host.look(instanceId, context);
  return (
    guest?.powerState === 'RUNNING' && (await host.definition(instanceId, 'live', context)).noted?.boot === delivery.key
  );
}

/** As Nova does it: shut down and started, so that every step can be seen to be done; one that is off is started. */
export const softReboot: Behaviour<Patient, GuestReport & { readonly rebooted: boolean }> = {
  async change(input, act) {
    const guest = await guestOf(act);
    if (guest.powerState !== 'RUNNING' && guest.powerState !== 'SHUTDOWN') throw conflict(guest);
    if (await isBooted(act)) return;
    await noteDefinition(act, { boot: act.delivery.key });
    if (guest.powerState === 'RUNNING' && !(await askToShutDown(act, input))) return;
    await startUp(act, 'guest rebooted by itself');
  },
  report: async (act) => ({ ...(await reportOf(act)), rebooted: await isBooted(act) }),
};

export const hardReboot: Behaviour<Opened<GuestDefinition>, GuestReport> = {
  async change(input, act) {
    if (await isBooted(act)) return;
    await define(act, input, act.delivery.key, null);
    const guest = await guestOf(act);
    if (isOn(guest)) await tell(act, null, 'destroy');
    // Memory that was saved would be restored instead.
    if (guest.powerState === 'SUSPENDED') await tell(act, null, 'managedsave-remove');
    await startUp(act, 'guest reset');
  },
  report: reportOf,
};
