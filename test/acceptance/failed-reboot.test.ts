/** A reboot that fails for good is a failed task, and not a broken instance. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import { instanceWorkflowId } from '../../src/model/task.ts';
import { faultsQuery } from '../../workflows/messages.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const requestId = 'req-00000000-0000-4000-8000-000000000001';
const visible = {
  code: 'HYPERVISOR_ERROR',
  blame: 'host',
  retryable: false,
  message: 'The hypervisor refused or failed the request.',
  nextAction: 'An operator reads the detail of the fault; the task can be retried.',
  step: 'hardReboot',
};

let fleet: Fleet;
let before: InstanceRecord;
let earlier: Task;
let reboot: Task;

beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1'] });
  before = await fleet.activeInstance();
  await fleet.hypervisors.misbehave({ unit: 'suspendGuest', misbehaviour: { kind: 'fail' } });
  earlier = await fleet.run('suspend', before.id, {});
  await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', misbehaviour: { kind: 'fail' } });
  reboot = await fleet.run('reboot', before.id, { type: 'HARD' }, { requestId });
});
afterAll(() => fleet.dispose());

test('the task is FAILED with a typed fault of the step that raised it', () => {
  expect(reboot.status).toBe('FAILED');
  expect(reboot.fault).toMatchObject(visible);
  expect(reboot.items).toMatchObject([
    { step: 'softReboot', direction: 'run', state: 'SKIPPED' },
    { step: 'hardReboot', direction: 'run', state: 'FAILED', fault: { code: 'HYPERVISOR_ERROR' } },
    { step: 'inspect', direction: 'check', state: 'COMPLETED' },
  ]);
});

test('the instance is as it was: active, idle, and what the hypervisor has', async () => {
  const after = await expectRecordEqualsHypervisor(fleet, before.id);
  expect(after).toMatchObject({ vmState: 'active', taskState: null, powerState: 'RUNNING' });
  expect(after.residence).toEqual(before.residence);
});

describe('the faults', () => {
  test('are listed newest first, earlier ones too, though the instance is not in error', async () => {
    const faults = await fleet.client.faults(before.id);
    expect(faults).toEqual([
      { ...visible, taskId: reboot.id, operation: 'reboot', created: reboot.endedAt },
      { ...visible, step: 'save', taskId: earlier.id, operation: 'suspend', created: earlier.endedAt },
    ]);
  });

  test('name the host and the original message for admins only', async () => {
    const [fault] = await fleet.client.faults(before.id, { admin: true });
    expect(fault).toMatchObject({
      ...visible,
      host: 'host-1',
      detail: expect.stringContaining('fails before the effect'),
    });
  });

  test('are what the query of the workflow answers', async () => {
    const answer = await fleet.temporal.workflow.getHandle(instanceWorkflowId(before.id)).query(faultsQuery);
    expect(answer).toEqual(await fleet.client.faults(before.id, { admin: true }));
  });
});

describe('the instance action', () => {
  test('says Error', async () => {
    const [action] = await fleet.client.instanceActions(before.id);
    expect(action).toMatchObject({ action: 'reboot', requestId, message: 'Error', taskId: reboot.id });
  });

  test('has an event with the sentence, and for owners neither stack trace nor host', async () => {
    const { message, events } = await fleet.client.instanceAction(before.id, requestId);
    expect(message).toBe('Error');
    expect(events.find(({ event }) => event === 'compute_reboot_instance')).toMatchObject({
      result: 'Error',
      details: visible.message,
      host: null,
      traceback: null,
    });
  });

  test('has the stack trace of the original error and the host for admins', async () => {
    const { events } = await fleet.client.instanceAction(before.id, requestId, { admin: true });
    const event = events.find(({ event }) => event === 'compute_reboot_instance');
    expect(event).toMatchObject({ result: 'Error', host: 'host-1' });
    expect(event?.traceback).toMatch(/UnitFault[^]*fails before the effect[^]*injected-faults\.ts:\d+/);
  });
});

test('once the hypervisor is well again a retry of the task succeeds', async () => {
  await fleet.hypervisors.behave();
  const again = await fleet.ended(await fleet.client.retry(reboot.id));
  expect(again).toMatchObject({ status: 'COMPLETED', operation: 'reboot', input: reboot.input, retryOf: reboot.id });
  await expectRecordEqualsHypervisor(fleet, before.id);
});
