import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  disagrees,
  powerStates,
  reconcileVmState,
  vmStates,
  type PowerState,
  type VmState,
} from '../../src/model/states.ts';

const reports = Object.keys(powerStates) as PowerState[];
const anyVmState = fc.constantFrom(...vmStates);
const anyReport = fc.constantFrom(...reports);

describe('the vm_state after the hypervisor has spoken', () => {
  test.each<[VmState, PowerState]>([
    ['active', 'RUNNING'],
    ['stopped', 'SHUTDOWN'],
    ['paused', 'PAUSED'],
    ['suspended', 'SUSPENDED'],
    ['resized', 'RUNNING'],
    ['resized', 'SHUTDOWN'],
    ['resized', 'CRASHED'],
    ['rescued', 'SHUTDOWN'],
    ['soft-delete', 'SHUTDOWN'],
    ['soft-delete', 'SUSPENDED'],
    ['deleted', 'NOSTATE'],
  ])('stays %s when the hypervisor says %s', (recorded, report) => {
    expect(reconcileVmState(recorded, report)).toBe(recorded);
  });

  test.each<[VmState, PowerState, VmState]>([
    ['active', 'SHUTDOWN', 'stopped'],
    ['active', 'PAUSED', 'paused'],
    ['active', 'SUSPENDED', 'suspended'],
    ['active', 'CRASHED', 'error'],
    ['active', 'NOSTATE', 'error'],
    ['stopped', 'RUNNING', 'active'],
    ['paused', 'RUNNING', 'active'],
    ['suspended', 'SHUTDOWN', 'stopped'],
    ['building', 'RUNNING', 'active'],
    ['building', 'NOSTATE', 'error'],
    ['deleted', 'RUNNING', 'active'],
  ])('turns from %s, when the hypervisor says %s, into %s', (recorded, report, expected) => {
    expect(reconcileVmState(recorded, report)).toBe(expected);
  });

  test.each(reports)('does not leave error by itself, whatever runs: %s', (report) => {
    expect(reconcileVmState('error', report)).toBe('error');
  });

  test('does not change any more when the same is said again', () => {
    fc.assert(
      fc.property(anyVmState, anyReport, (recorded, report) => {
        const once = reconcileVmState(recorded, report);
        expect(reconcileVmState(once, report)).toBe(once);
      }),
    );
  });

  test('is never one that only a task can give: building, resized, rescued, soft-delete or deleted', () => {
    fc.assert(
      fc.property(anyVmState, anyReport, (recorded, report) => {
        const after = reconcileVmState(recorded, report);
        if (after !== recorded)
          expect(['building', 'resized', 'rescued', 'soft-delete', 'deleted']).not.toContain(after);
      }),
    );
  });
});

describe('a record that is at rest', () => {
  test('disagrees with a hypervisor until it says the same, and no longer', () => {
    const resting = fc.constantFrom(...vmStates.filter((state) => state !== 'building' && state !== 'deleted'));
    fc.assert(
      fc.property(resting, anyReport, anyReport, (vmState, powerState, report) => {
        const after = { vmState: reconcileVmState(vmState, report), powerState: report };
        expect(disagrees({ vmState, powerState }, report)).toBe(after.vmState !== vmState || report !== powerState);
        expect(disagrees(after, report)).toBe(false);
      }),
    );
  });

  test.each(reports)('of what is being built or was deleted is never wrong: %s', (report) => {
    expect(disagrees({ vmState: 'building', powerState: 'NOSTATE' }, report)).toBe(false);
    expect(disagrees({ vmState: 'deleted', powerState: 'NOSTATE' }, report)).toBe(false);
  });
});

test("power states have the numbers that Nova's API shows", () => {
  expect(powerStates).toEqual({ NOSTATE: 0, RUNNING: 1, PAUSED: 3, SHUTDOWN: 4, CRASHED: 6, SUSPENDED: 7 });
});
