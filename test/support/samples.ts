/** Values that several tests of pure code start from. */
import type { InstanceRecord } from '../../src/model/instance.ts';
import type { Task, TaskRequest } from '../../src/model/task.ts';

export const sampleInstance: InstanceRecord = {
  id: '0b2a6f0e-6c1c-4a0e-8f5f-111111111111',
  name: 'demo',
  projectId: 'project',
  userId: 'alice',
  vmState: 'active',
  taskState: null,
  powerState: 'RUNNING',
  flavor: { name: 'm1.tiny', vcpus: 1, memoryMb: 512, diskGb: 1 },
  image: 'cirros',
  residence: { host: 'host-1', claim: 'task/claim', disk: 'task-disk' },
  pendingResize: null,
  vmStateBeforeSuspend: null,
  generation: 3,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  launchedAt: '2026-01-01T00:00:01.000Z',
  terminatedAt: null,
};

/** A request for an operation on the sample instance. */
export const sampleRequest = (operation: string, input: unknown = {}, id = `id-of-${operation}`): TaskRequest => ({
  id,
  operation,
  operationVersion: 1,
  instanceId: sampleInstance.id,
  input,
  requestId: `req-${id}`,
  projectId: 'project',
  userId: 'alice',
  fingerprint: `fingerprint-of-${id}`,
  createdAt: '2026-01-01T00:00:00.000Z',
  deadlineScale: 1,
  actor: 'alice',
  reason: null,
});

/** A task made from such a request: running where nothing else is said. */
export const sampleTask = (request: TaskRequest, change: Partial<Task> = {}): Task => ({
  ...request,
  status: 'RUNNING',
  step: null,
  taskState: null,
  progress: 0,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  fault: null,
  items: [],
  notes: [],
  pauseRequested: false,
  verbs: ['pause', 'cancel'],
  startedFrom: 'active',
  looseEnds: false,
  ...change,
});
