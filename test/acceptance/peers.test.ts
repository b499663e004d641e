/** Guests go only to hosts that theirs can send them to: placement offers no other, and one that is asked for is refused. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { RefusedError } from '../../src/client/index.ts';
import { registerHost } from '../../workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4'] as const;
type Host = (typeof hosts)[number];

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: [hosts] });
});
afterAll(() => fleet.dispose());

/** Registers hosts as workers would whose drivers name these peers, and waits until lists know. */
async function name(peers: Partial<Record<Host, readonly string[]>>): Promise<void> {
  for (const host of hosts) {
    const { capacity } = await fleet.client.host(host);
    const named = peers[host];
    const args: [typeof capacity, object] = [capacity, named === undefined ? {} : { peers: named }];
    await fleet.temporal.workflow.getHandle(`host/${host}`).executeUpdate(registerHost, { args });
  }
  await eventually('lists know of the peers', async () => {
    const noted = new Map<string, unknown>();
    const query = `WorkflowType = 'host' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId, memo } of fleet.temporal.workflow.list({ query }))
      noted.set(workflowId, memo?.['peers'] ?? null);
    return hosts.every((host) => {
      const named = peers[host];
      const wanted = named === undefined ? null : [host, ...named];
      return JSON.stringify(noted.get(`host/${host}`)) === JSON.stringify(wanted);
    });
  });
}
afterEach(() => name({}));

const hostOf = async (id: string) => (await fleet.client.get(id)).residence?.host;

test('an instance goes to the only host that its guest can go to, and back, by whatever operation', async () => {
  await name({ 'host-1': ['host-2'], 'host-2': ['host-1'] });
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.run('liveMigrate', id, {});
  expect(await hostOf(id)).toBe('host-2');
  await fleet.run('migrate', id, {});
  expect(await hostOf(id)).toBe('host-1');
  await fleet.run('revertResize', id, {});
  expect(await hostOf(id)).toBe('host-2');
  await fleet.run('resize', id, { flavor: 'm1.medium' });
  expect(await hostOf(id)).toBe('host-1');
  await fleet.run('confirmResize', id, {});
  const { hostTasks } = fleet.client;
  expect(await hostTasks.waitFor(await hostTasks.drain('host-1'))).toMatchObject({ status: 'COMPLETED', done: 1 });
  expect(await hostOf(id)).toBe('host-2');
  await fleet.client.setMaintenance('host-1', false);
});

test('no guest of a host that names no peers comes to one that does', async () => {
  await name({ 'host-2': ['host-9'], 'host-3': ['host-9'], 'host-4': [] });
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const plan = await fleet.client.plan('migrate', id, {});
  expect(plan).toMatchObject({ verdict: 'start', couldStart: false });
  expect(plan.capacity).toMatchObject([{ detail: 'no other host serves that its guest could go to from host-1' }]);
  expect(await fleet.run('migrate', id, {})).toMatchObject({ status: 'FAILED', fault: { code: 'NO_VALID_HOST' } });
  // Where a resize has nowhere to go to it stays.
  await fleet.run('resize', id, { flavor: 'm1.medium' });
  expect(await hostOf(id)).toBe('host-1');
});

test('a host that is asked for by name and out of reach is refused before there is a task, and so says the plan', async () => {
  await name({ 'host-1': ['host-2'], 'host-2': ['host-1'] });
  const { id } = await fleet.activeInstance({ name: 'web', host: 'host-1' });
  for (const [operation, input] of [
    ['migrate', { host: 'host-3' }],
    ['liveMigrate', { host: 'host-3' }],
    ['resize', { host: 'host-3', flavor: 'm1.medium' }],
  ] as const) {
    const refused = fleet.client.submit(operation, id, input);
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(
      `cannot ${operation} web: host-3 is none of the hosts that its guest can go to`,
    );
    expect(await fleet.client.plan(operation, id, input)).toMatchObject({ verdict: 'refuse', couldStart: false });
  }
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create']);
  expect(await fleet.run('migrate', id, { host: 'host-2' })).toMatchObject({ status: 'COMPLETED' });
});

test('an instance that was shelved comes back where the host that it was shelved on could send it', async () => {
  await name({ 'host-1': ['host-2'], 'host-2': ['host-1'] });
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.run('shelve', id, { offloadAfterSeconds: 0 });
  await fleet.client.setMaintenance('host-1', true);
  await expect(fleet.client.submit('unshelve', id, { host: 'host-3' })).rejects.toThrow(
    /: host-3 is none of the hosts that its guest can go to$/,
  );
  await fleet.run('unshelve', id, {});
  expect(await hostOf(id)).toBe('host-2');
  await fleet.client.setMaintenance('host-1', false);
});
