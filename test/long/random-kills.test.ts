/**
 * Whatever is killed, whenever: users go on asking for operations, under idempotency keys, while processes are killed
 * and started again at random moments. ITASK_SEED chooses other moments.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { insistently } from '../support/insistently.ts';

const patienceMs = 60_000;
const users = 6;
const kills = 12;
const seed = Number(process.env['ITASK_SEED'] ?? 1);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ latency: { default: '200ms', byUnit: {} } });
});
afterAll(() => fleet.dispose());

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Gives an instance a life of its own, and returns its tasks. */
async function useInstance(user: number): Promise<Task[]> {
  const host = user % 2 === 0 ? 'host-1' : 'host-2';
  const other = user % 2 === 0 ? 'host-2' : 'host-1';
  const tasks: Task[] = [];
  const ask = async (what: string, request: (options: { readonly idempotencyKey: string }) => Promise<Task>) => {
    const options = { idempotencyKey: `${what} of user ${user}` };
    const task = await insistently(() => request(options), AbortSignal.timeout(patienceMs));
    const ended = await fleet.ended(task);
    if (ended.status !== 'COMPLETED') throw new Error(`not carried out: ${JSON.stringify(ended, null, 2)}`);
    tasks.push(ended);
    return task.instanceId;
  };
  const id = await ask('create', (options) =>
    fleet.client.create({ name: `user-${user}`, flavor: 'm1.small', image: 'cirros', host }, options),
  );
  await ask('reboot', (options) => fleet.client.submit('reboot', id, { type: 'HARD' }, options));
  await ask('resize', (options) => fleet.client.submit('resize', id, { flavor: 'm1.medium', host: other }, options));
  if (user < 3) await ask('confirmResize', (options) => fleet.client.submit('confirmResize', id, {}, options));
  else await ask('revertResize', (options) => fleet.client.submit('revertResize', id, {}, options));
  await ask('suspend', (options) => fleet.client.submit('suspend', id, {}, options));
  await ask('resume', (options) => fleet.client.submit('resume', id, {}, options));
  if (user % 3 === 0) await ask('delete', (options) => fleet.client.submit('delete', id, {}, options));
  return tasks;
}

async function killAtRandom(random: () => number): Promise<void> {
  const processes = [fleet.server, ...fleet.workers];
  for (let kill = 1; kill <= kills; kill += 1) {
    await delay(300 + 2_000 * random());
    await processes[Math.floor(random() * processes.length)]!.restart();
  }
}

test(`all tasks of all users are carried out, once (seed ${seed})`, async () => {
  const random = randomNumbers(seed);
  const [tasks] = await Promise.all([
    Promise.all(Array.from({ length: users }, (_, user) => useInstance(user))),
    killAtRandom(random),
  ]);
  for (const task of tasks.flat()) {
    const effects = await fleet.hypervisors.effects(task);
    expect(effects).toEqual([...new Set(effects)]);
    expect(effects.length).toBeGreaterThan(0);
  }
  for (const [last] of tasks.map((own) => own.slice(-1))) {
    if (last!.operation === 'delete') await expectNothingLeft(fleet, last!.instanceId);
    else await expectRecordEqualsHypervisor(fleet, last!.instanceId);
  }
}, 400_000);
