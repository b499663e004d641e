/** What a hypervisor cannot do is refused with its reason, before there is a task. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RefusedError } from '../../src/client/index.ts';
import { registerHost } from '../../workflows/messages.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.dispose());

test('an operation that the hypervisor of the instance cannot do is refused, and so says the plan', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const { capacity } = await fleet.client.host('host-1');
  const unsupported = { liveMigrateGuest: 'its hypervisor knows of no other one' };
  const host = fleet.temporal.workflow.getHandle('host/host-1');
  await host.executeUpdate(registerHost, { args: [capacity, { unsupported }] });

  const refused = fleet.client.submit('liveMigrate', id, {});
  await expect(refused).rejects.toThrow(RefusedError);
  await expect(refused).rejects.toThrow(/^cannot liveMigrate .*: its hypervisor knows of no other one$/);
  expect(await fleet.client.plan('liveMigrate', id, {})).toMatchObject({ verdict: 'refuse', couldStart: false });
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create']);

  await host.executeUpdate(registerHost, { args: [capacity, {}] });
  expect(await fleet.run('liveMigrate', id, {})).toMatchObject({ status: 'COMPLETED' });
});
