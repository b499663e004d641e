import type { TaskRequest } from '../../src/model/task.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { now } from '../engine/task-run.ts';
import { newId } from '../new-id.ts';

/** What the platform asks for by itself, and on what occasion. */
type Occasion = Pick<TaskRequest, 'instanceId' | 'input' | 'reason' | 'recovers'> &
  Partial<Pick<TaskRequest, 'operationVersion' | 'requestId' | 'deadlineScale'>>;

/** A request for a task that nobody but the platform has asked for. */
export function systemRequest(operation: OperationName, occasion: Occasion): TaskRequest {
  const id = newId();
  return {
    id,
    operation,
    operationVersion: operations[operation].version,
    requestId: `req-${id}`,
    projectId: null,
    userId: null,
    fingerprint: id,
    createdAt: now(),
    deadlineScale: 1,
    actor: 'system',
    ...occasion,
  };
}
