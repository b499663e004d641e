/** What a guest is told from outside. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestReport } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import { faultIn } from './faults.ts';
import { conflict, guestOf, reportOf, tell } from './guests.ts';
import { domainName } from './layout.ts';
import type { Act, Behaviour } from './unit.ts';

const administrator = 'root';
const patienceMs = 60_000;
const glanceMs = 1_000;

/** By the agent in the guest. The password reaches `virsh` by its standard input: others see the arguments of a process. */
export const passwordChange: Behaviour<{ readonly adminPassword: string }, unknown> = {
  async change({ adminPassword }, act) {
    const { host, instanceId, delivery } = act;
    const guest = await guestOf(act);
    if (guest.powerState !== 'RUNNING') throw conflict(guest);
    const command = JSON.stringify({
      execute: 'guest-set-user-password',
      arguments: {
        username: administrator,
        password: Buffer.from(adminPassword).toString('base64'),
        crypted: false,
      },
    });
    const [program, ...words] = host.virsh();
    const input = `qemu-agent-command ${domainName(instanceId)} '${command}'\n`;
    await untilAnswered(act, async () => {
      const { stderr, stdout } = await delivery.attempt([program, ...words], { input });
      if (stderr.includes('error:')) throw agentFault(stderr);
      if (!stdout.includes('"return"')) throw agentFault(stdout);
    });
    await delivery.note('password changed');
  },
  report: async () => ({}),
};

/** The agent of a guest that has just been started is not there yet. */
async function untilAnswered({ context }: Act, ask: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + patienceMs; ;) {
    try {
      await ask();
      return;
    } catch (error) {
      const isEarly = error instanceof UnitFault && error.code === 'GUEST_UNRESPONSIVE';
      if (!isEarly || Date.now() >= end) throw error;
    }
    await delay(glanceMs, undefined, { signal: context.signal });
    context.progress(0);
  }
}

function agentFault(said: string): UnitFault {
  const fault = faultIn('virsh', said);
  return fault.code === 'HYPERVISOR_ERROR' ? new UnitFault('GUEST_UNRESPONSIVE', fault.message) : fault;
}

/** Nothing shows afterwards that it came: so it is noted before, and comes once at most. */
export const interruption: Behaviour<unknown, GuestReport> = {
  async change(_input, act) {
    const { host, instanceId, delivery } = act;
    const guest = await guestOf(act);
    if (guest.powerState !== 'RUNNING' && guest.powerState !== 'PAUSED') throw conflict(guest);
    const noted = host.file(instanceId, 'interrupted-by');
    if ((await readFile(noted, 'utf8').catch(() => '')) === delivery.key) return;
    await delivery.put(null, noted, delivery.key);
    await tell(act, 'guest interrupted', 'inject-nmi');
  },
  report: reportOf,
};
