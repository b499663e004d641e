import { describe, expect, test } from '@jest/globals';
import { lessonsOf } from '../../src/model/durations.ts';
import type { Foreseen } from '../../src/model/foresight.ts';
import type { InstanceRecord } from '../../src/model/instance.ts';
import { viewers } from '../../src/model/representation.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { representPlan } from '../../src/operations/plan-representation.ts';
import { courseOf, type Plan } from '../../src/operations/plan.ts';
import { at, timedItem } from '../support/items.ts';
import { sampleInstance, sampleRequest, sampleTask } from '../support/samples.ts';

const asked = { taskId: 'task', actor: 'alice', requestedAt: sampleInstance.createdAt };

const flavor = { name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 };
const plan = (operation: OperationName, input: unknown = {}, instance: InstanceRecord = sampleInstance) =>
  courseOf(operations[operation], { ...asked, input, instance }, null);
const stopped = { ...sampleInstance, vmState: 'stopped', powerState: 'SHUTDOWN' } as const;

/** What is said of each step, in a word. */
const said = (steps: readonly { name: string; applies: Foreseen<boolean> }[]) =>
  steps.map(({ name, applies }) => `${name} ${applies.known ? (applies.value ? 'yes' : 'no') : (applies.on ?? '?')}`);

describe('a plan says of each step whether it would run', () => {
  test('where the record and the input tell', () => {
    expect(said(plan('reboot', { type: 'HARD', softTimeoutSeconds: 60 }).steps)).toEqual([
      'softReboot no',
      // A step that is left out has no output: that is known beforehand.
      'hardReboot yes',
    ]);
  });

  test('and else which step must have run to tell', () => {
    expect(said(plan('reboot', { type: 'SOFT', softTimeoutSeconds: 60 }).steps)).toEqual([
      'softReboot yes',
      'hardReboot softReboot',
    ]);
  });

  test('also of a resize, whose destination is not yet chosen', () => {
    const words = said(plan('resize', { flavor }).steps);
    expect(words).toEqual(expect.arrayContaining(['claim yes', 'shutDown yes', 'powerOff shutDown', 'plug claim']));
    expect(said(plan('resize', { flavor }, stopped).steps)).toEqual(
      expect.arrayContaining(['shutDown no', 'powerOff no', 'boot no']),
    );
  });
});

describe('a plan says where each step would run', () => {
  const { steps } = plan('resize', { flavor });
  const where = (name: string) => steps.find((step) => step.name === name)?.host;

  test('on the control plane, on a host that is known, or on one that is still to be chosen', () => {
    expect(where('claim')).toEqual({ known: true, value: null });
    expect(where('copyDisk')).toEqual({ known: true, value: 'host-1' });
    expect(where('plug')).toEqual({ known: false, on: 'claim' });
  });
});

test('a plan says what its claims would ask for', () => {
  expect(plan('resize', { flavor }).claims).toMatchObject([{ step: 'claim', wish: { flavor, avoid: 'host-1' } }]);
  expect(plan('migrate', {}).claims).toMatchObject([{ wish: { flavor: sampleInstance.flavor, exclude: 'host-1' } }]);
  expect(plan('stop', { shutdownTimeoutSeconds: 60 }).claims).toEqual([]);
});

test('a plan says what past tasks have taken', () => {
  const task = sampleTask(sampleRequest('stop'), { items: [timedItem('shutDown', 0, 4_000)] });
  const known = lessonsOf({ ...task, status: 'COMPLETED', endedAt: at(4_000), changes: {} }, 'stop')['stop'] ?? null;
  const { steps, past } = courseOf(operations.stop, { ...asked, input: {}, instance: sampleInstance }, known);
  expect(past?.count).toBe(1);
  expect(past?.medianMs).toBeGreaterThanOrEqual(4_000);
  expect(steps.find(({ name }) => name === 'shutDown')?.past).toEqual(past);
  expect(steps.find(({ name }) => name === 'powerOff')?.past).toBeNull();
});

test.each(Object.values(operations))('a plan of $name stumbles over no record, placed or not', (operation) => {
  const input = { flavor, type: 'SOFT', image: 'cirros', decision: 'retry', softTimeoutSeconds: 60 };
  for (const instance of [sampleInstance, stopped, { ...sampleInstance, residence: null }]) {
    const { steps } = courseOf(operation, { ...asked, input, instance }, null);
    expect(steps.map(({ name }) => name)).toEqual(operation.steps.map(({ name }) => name));
  }
});

test('a plan names no host to the owner of the instance, and speaks snake_case', () => {
  const whole: Plan = {
    ...plan('resize', { flavor }),
    operation: 'resize',
    instanceId: sampleInstance.id,
    instanceName: sampleInstance.name,
    verdict: 'start',
    problem: null,
    capacity: [{ step: 'claim', host: 'host-1', refusal: null, detail: null }],
    couldStart: true,
  };
  expect(JSON.stringify(representPlan(whole, viewers.operator))).toContain('host-1');
  const shown = JSON.stringify(representPlan(whole, viewers.tenant));
  expect(shown).not.toContain('host-1');
  expect([...shown.matchAll(/"(\w+)":/g)].filter(([, key = '']) => !/^[a-z]+(_[a-z]+)*$/.test(key))).toEqual([]);
});
