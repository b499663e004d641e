/** What is said to a guest that runs: another password, which nobody else gets to know, and an interrupt that has it write a dump. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NotAllowedInStateError } from '../../src/client/index.ts';
import { instanceWorkflowId, taskWorkflowId } from '../../src/model/task.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { everythingWrittenIn, historyOf } from '../support/written.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

const password = 'correct horse battery staple';

describe('changePassword', () => {
  test('has the guest take the new password', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    const task = await fleet.run('changePassword', id, { adminPass: password });
    expect(task).toMatchObject({ status: 'COMPLETED' });
    const record = await expectRecordEqualsHypervisor(fleet, id);
    expect(await fleet.hypervisors.hasPassword(record, password)).toBe(true);
    expect(await fleet.hypervisors.hasPassword(record, 'another')).toBe(false);
  });

  test.each(['COMPLETED', 'FAILED'] as const)('that is %s leaves the password nowhere', async (status) => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    if (status === 'FAILED')
      await fleet.hypervisors.misbehave({ unit: 'setAdminPassword', instance: id, misbehaviour: { kind: 'fail' } });
    const task = await fleet.run('changePassword', id, { adminPass: password });
    expect(task.status).toBe(status);
    const workflows = [instanceWorkflowId(id), taskWorkflowId(task.id)];
    const histories = await Promise.all(workflows.map((workflow) => historyOf(fleet.temporal, workflow)));
    // It is looked for where it would be: the sealed one is there.
    for (const history of histories) expect(history).toContain('A256GCM');
    const shown = JSON.stringify([task, await fleet.client.get(id), await fleet.client.instanceActions(id)]);
    const written = await everythingWrittenIn(fleet.surroundings.folder);
    expect(written).toContain(task.id);
    for (const text of [...histories, shown, written]) expect(text).not.toContain(password);
  });

  test('of a guest that does not run is refused', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.run('stop', id, {});
    const refused = fleet.client.submit('changePassword', id, { adminPass: password });
    await expect(refused).rejects.toThrow(NotAllowedInStateError);
  });
});

describe('triggerCrashDump', () => {
  test('is refused for a guest that does not run', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.run('stop', id, {});
    await fleet.run('resize', id, { flavor: 'm1.medium', host: 'host-1' });
    await expect(fleet.client.submit('triggerCrashDump', id, {})).rejects.toThrow('its guest does not run');
  });

  test('interrupts the guest once, also when the unit is delivered twice', async () => {
    const { id } = await fleet.activeInstance({ host: 'host-1' });
    await fleet.hypervisors.misbehave({ unit: 'injectNmi', instance: id, misbehaviour: { kind: 'repeat' } });
    expect(await fleet.run('triggerCrashDump', id, {})).toMatchObject({ status: 'COMPLETED' });
    expect(await fleet.hypervisors.interrupts(await fleet.client.get(id))).toBe(1);
  });
});
