/** The memory of a guest, written to the disk of its host. It may be much, and is waited for as long as it becomes more. */
import type { GuestReport } from '../../../src/operations/units/index.ts';
import { faultIn } from './faults.ts';
import { conflict, guestOf, reportOf, tell } from './guests.ts';
import { endJob, untilNoJob } from './own-jobs.ts';
import { domainName } from './layout.ts';
import { heedless, type Act, type Behaviour } from './unit.ts';

/** As long as the deadline of its step allows. */
const saveSeconds = 86_400;

export const suspend: Behaviour<unknown, GuestReport> = {
  async change(_input, act) {
    // A delivery before may have begun it, and have been killed: libvirt goes on.
    await untilNoJob(act);
    const guest = await guestOf(act);
    if (guest.powerState === 'SUSPENDED') return;
    if (guest.powerState !== 'RUNNING') throw conflict(guest);
    // What a daemon that was killed meanwhile had written by then.
    if (await act.host.hasSaved(act.instanceId, act.context)) await tell(act, null, 'managedsave-remove');
    await save(act);
  },
  report: reportOf,
};

async function save(act: Act): Promise<void> {
  const { host, instanceId, delivery, context } = act;
  try {
    const command = host.virsh('managedsave', domainName(instanceId));
    const { exitCode, stderr } = await delivery.longAttempt(command, { timeoutSeconds: saveSeconds });
    if (exitCode !== 0) throw faultIn(command[0], stderr);
  } catch (error) {
    // Whoever cancels the unit stops `virsh` only.
    if (context.signal.aborted) await endJob(heedless(act));
    throw error;
  }
  await delivery.note('guest suspended');
}
