/** An instance gets network interfaces beside its first, and loses them; they go with it to other hosts. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { NotAllowedInStateError } from '../../src/client/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const interfacesOf = async (id: string) => (await expectRecordEqualsHypervisor(fleet, id)).interfaces ?? [];

/** An instance with one interface more, and the port of that. */
async function connected(): Promise<{ readonly id: string; readonly port: string }> {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const { result } = await fleet.run('attachInterface', id, { network: 'private', fixedIp: '10.0.0.7' });
  return { id, port: result?.['port'] ?? '' };
}

test('attachInterface gives a guest that runs an interface at once, and says which port it got', async () => {
  const { id, port } = await connected();
  expect(await interfacesOf(id)).toMatchObject([{ port, network: 'private', fixedIp: '10.0.0.7' }]);
});

test('two interfaces have each a port and a hardware address of their own', async () => {
  const { id } = await connected();
  await fleet.run('attachInterface', id, { network: 'private' });
  const interfaces = await interfacesOf(id);
  expect(new Set(interfaces.map(({ port }) => port)).size).toBe(2);
  expect(new Set(interfaces.map(({ mac }) => mac)).size).toBe(2);
});

test('an instance is born with the interfaces that it was asked for with, and keeps them when it is made anew', async () => {
  const { id } = await fleet.activeInstance({
    host: 'host-1',
    networks: [{ network: 'private', fixedIp: '10.0.0.8' }, { network: 'storage' }],
  });
  const born = await interfacesOf(id);
  expect(born).toMatchObject([{ network: 'private', fixedIp: '10.0.0.8' }, { network: 'storage' }]);
  expect(await fleet.run('rebuild', id, { image: 'debian-13' })).toMatchObject({ status: 'COMPLETED' });
  expect(await interfacesOf(id)).toEqual(born);
  const { port = '' } = born[0] ?? {};
  expect(await fleet.run('detachInterface', id, { port })).toMatchObject({ status: 'COMPLETED' });
  expect(await interfacesOf(id)).toMatchObject([{ network: 'storage' }]);
});

test('a create that fails leaves no port bound, and what is left of the instance can be deleted', async () => {
  await fleet.hypervisors.misbehave({ unit: 'startGuest', direction: 'run', misbehaviour: { kind: 'fail' } });
  const task = await fleet.client.create({
    name: 'failing',
    flavor: 'm1.tiny',
    image: 'cirros',
    networks: [{ network: 'private' }],
  });
  expect(await fleet.ended(task)).toMatchObject({ status: 'FAILED' });
  await expectNothingLeft(fleet, task.instanceId);
  expect(await fleet.run('delete', task.instanceId, {})).toMatchObject({ status: 'COMPLETED' });
});

test('attachInterface that fails in the guest leaves no port bound', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const misbehaviour = { kind: 'fail' } as const;
  await fleet.hypervisors.misbehave({ unit: 'plugInterfaces', instance: id, direction: 'run', misbehaviour });
  expect(await fleet.run('attachInterface', id, { network: 'private' })).toMatchObject({ status: 'FAILED' });
  expect(await interfacesOf(id)).toEqual([]);
});

test('detachInterface takes it away again, and a port that it does not have is refused', async () => {
  const { id, port } = await connected();
  expect(await fleet.run('detachInterface', id, { port })).toMatchObject({ status: 'COMPLETED' });
  expect(await interfacesOf(id)).toEqual([]);
  const again = fleet.client.submit('detachInterface', id, { port });
  await expect(again).rejects.toThrow(NotAllowedInStateError);
  await expect(again).rejects.toThrow(`it was given no port ${port}`);
});

test('an interface goes with its instance to another host, keeps its addresses, and comes back with it', async () => {
  const { id } = await connected();
  const before = await interfacesOf(id);
  await fleet.run('migrate', id, { host: 'host-2' });
  expect(await interfacesOf(id)).toEqual(before);
  await fleet.run('revertResize', id, {});
  expect(await interfacesOf(id)).toEqual(before);
});
