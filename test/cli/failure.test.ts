import { describe, expect, test } from '@jest/globals';
import { toFailure } from '../../src/cli/failure.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import * as errors from '../../src/client/errors.ts';
import { SetUpError } from '../../src/dev/set-up-error.ts';

const inTheWay = {
  taskId: 'task',
  operation: 'resize',
  status: 'RUNNING',
  step: 'copyDisk',
  startedAt: '2026-01-01T00:00:00.000Z',
  verbs: ['pause', 'cancel'],
} as const;

describe('the exit code and the code of an error', () => {
  test.each<[number, string, unknown]>([
    [2, 'USAGE', new UsageError('no')],
    [2, 'INVALID_INPUT', new errors.InvalidInputError([{ path: 'type', message: 'no' }])],
    [2, 'AMBIGUOUS_NAME', new errors.AmbiguousNameError('demo', ['a', 'b'])],
    [3, 'INSTANCE_BUSY', new errors.InstanceBusyError('busy', inTheWay)],
    [3, 'NOT_ALLOWED_IN_STATE', new errors.NotAllowedInStateError('no', 'active', ['stopped'])],
    [3, 'INSTANCE_LOCKED', new errors.InstanceLockedError('no', 'instance', { by: 'bob', reason: null, at: 'now' })],
    [3, 'TASK_VERB_REFUSED', new errors.TaskVerbRefusedError('no', 'pause', 'COMPLETED')],
    [3, 'IDEMPOTENCY_CONFLICT', new errors.IdempotencyConflictError('no', 'task')],
    [3, 'INSTANCE_LOST', new errors.InstanceLostError('instance')],
    [3, 'REFUSED', new errors.RefusedError('no')],
    [4, 'NOT_FOUND', new errors.NotFoundError('no')],
    [5, 'UNREACHABLE', new errors.UnreachableError('no')],
    [5, 'SET_UP_FAILED', new SetUpError('no')],
    [70, 'INTERNAL_ERROR', new TypeError('no')],
    [70, 'INTERNAL_ERROR', 'no'],
  ])('%i %s', (exitCode, code, error) => {
    expect(toFailure(error)).toMatchObject({ exitCode, code });
  });
});

test('a busy instance names the task in the way and what may be done with it', () => {
  const { hints, details } = toFailure(new errors.InstanceBusyError('busy', inTheWay));
  expect(hints).toEqual(expect.arrayContaining(['itask task show task', 'itask task cancel task']));
  expect(hints).not.toContain('itask task resume task');
  expect(details).toEqual({
    task_in_the_way: {
      id: 'task',
      action: 'resize',
      state: 'RUNNING',
      step: 'copyDisk',
      started_at: inTheWay.startedAt,
      verbs: ['pause', 'cancel'],
    },
  });
});
