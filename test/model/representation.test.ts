import { describe, expect, test } from '@jest/globals';
import { representCancelPreview } from '../../src/model/cancel-preview-representation.ts';
import { previewCancel } from '../../src/model/cancel-preview.ts';
import { fault } from '../../src/model/fault.ts';
import type { HostRecord } from '../../src/model/host.ts';
import type { InstanceActionDetail } from '../../src/model/instance-action.ts';
import { representHost } from '../../src/model/host-representation.ts';
import * as representation from '../../src/model/representation.ts';
import type { Item, Task } from '../../src/model/task.ts';
import { operations } from '../../src/operations/index.ts';
import { units } from '../../src/operations/units/index.ts';
import { sampleInstance, sampleRequest, sampleTask } from '../support/samples.ts';

const { viewers } = representation;
const failure = fault('HYPERVISOR_ERROR', { step: 'hardReboot', host: 'host-1', detail: 'qemu: no' });
const item: Item = {
  id: 'item',
  step: 'hardReboot',
  direction: 'run',
  unit: 'hardRebootGuest',
  event: 'compute_reboot_instance',
  state: 'FAILED',
  host: 'host-1',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:01.000Z',
  fault: failure,
  activityId: 'hardReboot',
};
const task: Task = sampleTask(sampleRequest('reboot', { type: 'HARD', softTimeoutSeconds: 60 }), {
  status: 'FAILED',
  fault: failure,
  items: [item],
  notes: [{ at: '2026-01-01T00:00:00.500Z', verb: 'pause', actor: 'bob', reason: null, refusal: 'too late' }],
  endedAt: '2026-01-01T00:00:01.000Z',
});
const outlook = { progress: 0.5, remainingMs: 1_500.4, slow: false };
const action: InstanceActionDetail = {
  action: 'reboot',
  instanceId: sampleInstance.id,
  requestId: 'req-1',
  userId: 'alice',
  projectId: 'project',
  startTime: task.createdAt,
  updatedAt: task.createdAt,
  message: 'Error',
  taskId: task.id,
  events: [
    {
      event: 'compute_reboot_instance',
      startTime: task.createdAt,
      finishTime: task.createdAt,
      result: 'Error',
      details: 'It failed.',
      host: 'host-1',
      traceback: 'Error: at line 1',
      failedActivities: [{ taskId: 't', activityId: 'a' }],
    },
  ],
};
const host: HostRecord = {
  name: 'host-1',
  capacity: { vcpus: 4, memoryMb: 4096, diskGb: 100 },
  free: { vcpus: 3, memoryMb: 3584, diskGb: 99 },
  claims: [
    {
      id: 't/claim',
      instanceId: sampleInstance.id,
      claimedAt: task.createdAt,
      fence: { generation: 1, sequence: 1, attempt: 1 },
      vcpus: 1,
      memoryMb: 512,
      diskGb: 1,
    },
  ],
  releases: [],
  debts: [
    {
      id: 'debt',
      unit: 'removeDisk',
      input: { disk: 'd' },
      purpose: {
        taskId: task.id,
        operation: 'delete',
        step: 'removeDisk',
        direction: 'run',
        instanceId: sampleInstance.id,
        generation: 1,
        sequence: 1,
      },
      unreachable: true,
      owedAt: task.createdAt,
    },
  ],
  settling: false,
  maintenance: false,
  up: true,
  serving: true,
  epoch: 0,
  updatedAt: task.createdAt,
};

/** All keys of a document, at any depth. What an operation takes is in the operation's own words. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...(key === 'input' ? [] : keysOf(part))]);
}

describe('an instance', () => {
  test('has what the API promises, in this order', () => {
    expect(representation.representInstance(sampleInstance, viewers.operator)).toEqual({
      id: sampleInstance.id,
      name: 'demo',
      project_id: 'project',
      user_id: 'alice',
      vm_state: 'active',
      task_state: null,
      power_state: 'RUNNING',
      host: 'host-1',
      flavor: { name: 'm1.tiny', vcpus: 1, memory_mb: 512, disk_gb: 1 },
      image: 'cirros',
      created_at: sampleInstance.createdAt,
      updated_at: sampleInstance.updatedAt,
      volumes: [],
      interfaces: [],
      description: null,
      metadata: {},
      tags: [],
      hostname: 'demo',
      key: null,
      config_drive: false,
      access_addresses: [],
      locked: null,
      follow_up: null,
    });
  });

  test('that is locked says by whom, why and since when', () => {
    const locked = { by: 'bob', reason: 'audit', at: '2026-01-01T00:00:02.000Z' };
    const shown = { ...locked, for_admins: false };
    expect(representation.representInstance({ ...sampleInstance, locked }, viewers.tenant).locked).toEqual(shown);
  });

  test('that will be changed by itself says how and when', () => {
    const followUp = {
      operation: 'confirmResize',
      operationVersion: 1,
      input: {},
      at: '2026-01-02T00:00:00.000Z',
      reason: '1 h after resize',
    };
    expect(representation.representInstance({ ...sampleInstance, followUp }, viewers.tenant).follow_up).toEqual({
      action: 'confirmResize',
      input: {},
      at: followUp.at,
      reason: '1 h after resize',
    });
  });

  test('of a list has the same but for what takes the whole record: what it has, what people note of it', () => {
    const { residence: _residence, ...record } = sampleInstance;
    const row = representation.representInstanceSummary({ ...record, host: 'host-1' }, viewers.operator);
    const {
      locked: _locked,
      follow_up: _followUp,
      volumes: _volumes,
      interfaces: _interfaces,
      description: _description,
      metadata: _metadata,
      tags: _tags,
      hostname: _hostname,
      key: _key,
      config_drive: _configDrive,
      access_addresses: _addresses,
      ...shown
    } = representation.representInstance(sampleInstance, viewers.operator);
    expect(row).toEqual(shown);
  });

  test('keeps its host from its owner', () => {
    expect(representation.representInstance(sampleInstance, viewers.tenant).host).toBeNull();
  });

  test('that was never placed has no host', () => {
    const unplaced = { ...sampleInstance, residence: null };
    expect(representation.representInstance(unplaced, viewers.admin).host).toBeNull();
  });
});

describe('a task', () => {
  test('has what the API promises', () => {
    const shown = representation.representTask(task, viewers.tenant);
    expect(shown).toMatchObject({
      id: task.id,
      action: 'reboot',
      state: 'FAILED',
      instance_id: sampleInstance.id,
      step: null,
      progress: 0,
      created_at: task.createdAt,
      started_at: task.startedAt,
      ended_at: task.endedAt,
      actor: 'alice',
      reason: null,
      fault: { code: 'HYPERVISOR_ERROR', blame: 'host', retryable: false, step: 'hardReboot' },
      items: [{ step: 'hardReboot', direction: 'run', unit: 'hardRebootGuest', state: 'FAILED' }],
      notes: [{ verb: 'pause', refusal: 'too late' }],
      retry_of: null,
      recovers: [],
    });
  });

  test.each([
    ['tenant', [], ['host', 'detail']],
    ['operator', ['host'], ['detail']],
    ['admin', ['host', 'detail'], []],
  ] as const)('shows a fault to a %s', (viewer, present, absent) => {
    const shown = representation.representTask(task, viewers[viewer]).fault;
    for (const key of present) expect(shown).toHaveProperty(key);
    for (const key of absent) expect(shown).not.toHaveProperty(key);
  });

  test('names no host to its owner', () => {
    expect(JSON.stringify(representation.representTask(task, viewers.tenant))).not.toContain('host-1');
  });
});

describe('an action', () => {
  test.each([
    ['tenant', null, null],
    ['operator', 'host-1', null],
    ['admin', 'host-1', 'Error: at line 1'],
  ] as const)('shows its events to a %s', (viewer, shownHost, traceback) => {
    const { events } = representation.representInstanceActionDetail(action, viewers[viewer]);
    expect(events).toMatchObject([{ event: 'compute_reboot_instance', host: shownHost, traceback }]);
  });
});

test('all keys are in snake_case', () => {
  const shown = [
    representation.representInstance(sampleInstance, viewers.admin),
    representation.representTask(task, viewers.admin),
    representHost(host),
    representation.representInstanceActionDetail(action, viewers.admin),
    representation.representInstanceFault(
      { ...failure, taskId: task.id, operation: 'reboot', created: task.createdAt },
      viewers.admin,
    ),
    representation.representTaskInTheWay({
      taskId: task.id,
      operation: 'reboot',
      status: 'RUNNING',
      step: null,
      startedAt: null,
      verbs: ['cancel'],
    }),
    representation.representChange({ kind: 'ended', cursor: 'end', at: task.createdAt, task, outlook }, viewers.admin),
    representCancelPreview(previewCancel(task, operations.resize, null)),
    Object.values(operations).map(representation.representOperation),
    Object.values(units).map(representation.representUnit),
  ];
  expect(keysOf(shown).filter((key) => !/^[a-z]+(_[a-z]+)*$/.test(key))).toEqual([]);
});

test('a change says what kind it is and where to go on', () => {
  const change = {
    kind: 'step',
    cursor: '7',
    at: task.createdAt,
    step: 'claim',
    direction: 'run',
    state: 'RUNNING',
  } as const;
  expect(representation.representChange({ ...change, outlook }, viewers.tenant)).toEqual({
    ...change,
    sub_task: null,
    outlook: { progress: 0.5, remaining_ms: 1_500, slow: false },
  });
});
