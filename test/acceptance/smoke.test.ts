import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';

let fleet: Fleet;
beforeAll(async () => {
  const t = Date.now();
  fleet = await startFleet();
  console.log('started', Date.now() - t);
});
afterAll(async () => fleet?.dispose());

test('an instance lives', async () => {
  const created = await fleet.client.waitFor(await fleet.client.create({ name: 'a', flavor: 'm1.small', image: 'x' }));
  expect(created.status).toBe('COMPLETED');
  const id = created.instanceId;
  await expectRecordEqualsHypervisor(fleet, id);
  for (const [op, input] of [
    ['reboot', { type: 'HARD' }],
    ['resize', { flavor: 'm1.medium' }],
    ['revertResize', {}],
    ['resize', { flavor: 'm1.medium' }],
    ['confirmResize', {}],
    ['delete', {}],
  ] as const) {
    const task = await fleet.client.waitFor(await fleet.client.submit(op, id, input));
    console.log(op, task.status, await fleet.hypervisors.effects(task));
    await expectRecordEqualsHypervisor(fleet, id);
  }
  await expectNothingLeft(fleet, id);
});
