import { describe, expect, test } from '@jest/globals';
import {
  claimId,
  endedTaskStatuses,
  hasEnded,
  hostRecoveryTaskQueue,
  hostTaskQueue,
  hostWorkflowId,
  instanceWorkflowId,
  openTaskStatuses,
  taskStatuses,
  taskWorkflowId,
} from '../../src/model/task.ts';

describe('the status of a task', () => {
  test.each(openTaskStatuses)('%s says that the task goes on', (status) => {
    expect(hasEnded(status)).toBe(false);
  });

  test.each(endedTaskStatuses)('%s says that the task has ended', (status) => {
    expect(hasEnded(status)).toBe(true);
  });

  test('is listed once', () => {
    expect(new Set(taskStatuses).size).toBe(taskStatuses.length);
  });
});

describe('ids', () => {
  const id = '1b9d6bcd-bbfd-5b2d-9b5d-ab8dfbbd4bed';

  test('of workflows say what they stand for, and for which one', () => {
    expect(taskWorkflowId(id)).toBe(`task/${id}`);
    expect(instanceWorkflowId(id)).toBe(`instance/${id}`);
    expect(hostWorkflowId('sim-1')).toBe('host/sim-1');
  });

  test("of a host's task queues keep its work apart from what it owes", () => {
    expect(hostTaskQueue('sim-1')).toBe('host/sim-1');
    expect(hostRecoveryTaskQueue('sim-1')).not.toBe(hostTaskQueue('sim-1'));
  });

  test('of claims are those of the step that makes them', () => {
    expect(claimId(id, 'claim')).toBe(`${id}/claim`);
    expect(claimId(id, 'claim')).not.toBe(claimId(id, 'otherClaim'));
  });
});
