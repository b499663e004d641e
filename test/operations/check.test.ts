/** The static check finds each kind of mistake: the real declarations with one of them planted, one for each rule. */
import { describe, expect, test } from '@jest/globals';
import type { Operation, Step } from '../../src/model/operation.ts';
import type { Unit } from '../../src/model/unit.ts';
import { faultFlaws } from '../../src/operations/check/faults.ts';
import { flawText, rules, type Flaw, type RuleName } from '../../src/operations/check/flaw.ts';
import { findFlaws } from '../../src/operations/check/index.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { claimHost, defineGuest, removeDisk, units } from '../../src/operations/units/index.ts';

type Catalogue = Record<string, Operation>;
const all: readonly Unit[] = Object.values(units);

/** The catalogue with one step changed. */
function withStep(name: OperationName, step: string, change: Partial<Step>): Catalogue {
  const { steps, ...rest } = operations[name] as Operation;
  expect(steps.map((each) => each.name)).toContain(step);
  return { ...operations, [name]: { ...rest, steps: steps.map((s) => (s.name === step ? { ...s, ...change } : s)) } };
}

const withOperation = (name: OperationName, change: Partial<Operation>): Catalogue => ({
  ...operations,
  [name]: { ...(operations[name] as Operation), ...change },
});

const without = (...names: OperationName[]): Catalogue =>
  Object.fromEntries(Object.entries(operations).filter(([name]) => !names.some((gone) => gone === name)));

/** The step without one of its properties. */
function withoutPart(
  name: OperationName,
  step: string,
  part: 'undo' | 'on' | 'irreversible' | 'pointOfNoReturn',
): Catalogue {
  const operation: Operation = operations[name];
  const steps = operation.steps.map((each): Step => {
    if (each.name !== step) return each;
    const { [part]: _gone, ...rest } = each;
    return rest;
  });
  return { ...operations, [name]: { ...operation, steps } };
}

const planted: Record<RuleName, { readonly flaws: () => Flaw[]; readonly says: string }> = {
  'known-under-its-name': {
    flaws: () => findFlaws({ ...without('stop'), halt: operations.stop }, all),
    says: 'halt: the operation that is registered as halt calls itself stop',
  },
  'kind-fits-steps': {
    flaws: () => findFlaws(withOperation('lock', { kind: 'change' }), all),
    says: 'lock: it is of the kind change and has no steps',
  },
  'states-are-answered': {
    flaws: () => findFlaws(withOperation('pause', { allowedFrom: ['active', 'active'] }), all),
    says: 'pause: it starts from [active, active]',
  },
  'state-can-be-reached': {
    flaws: () => findFlaws(without('resize', 'migrate'), all),
    says: 'resized: no operation leads to the vm_state resized',
  },
  'state-can-be-left': {
    flaws: () => findFlaws(without('confirmResize', 'revertResize'), all),
    says: 'resized: no way leads on from the vm_state resized but its end and its repair',
  },
  'initial-state-is-left': {
    flaws: () => findFlaws(withOperation('create', { failsTo: null }), all),
    says: 'create: it may end with the instance still building',
  },
  'task-state-is-used': {
    flaws: () => findFlaws(without('pause'), all),
    says: 'pausing: no step shows the task_state pausing',
  },
  'success-leads-somewhere': {
    flaws: () => findFlaws(withOperation('unpause', { leadsTo: [], steps: [] }), all),
    says: 'unpause: its success leads to []',
  },
  'deadline-is-long-enough': {
    flaws: () => findFlaws(withStep('resize', 'copyDisk', { deadline: '20s' }), all),
    says: 'resize.copyDisk: its deadline is 20s',
  },
  'unit-is-registered': {
    flaws: () =>
      findFlaws(
        operations,
        all.filter(({ name }) => name !== 'suspendGuest'),
      ),
    says: 'suspend.save: its unit, suspendGuest, is in no register',
  },
  'host-is-named': {
    flaws: () => findFlaws(withoutPart('resize', 'boot', 'on'), all),
    says: 'resize.boot: its unit, startGuest, runs on a host and none is named',
  },
  'acquired-is-given-back': {
    flaws: () => findFlaws(withoutPart('resize', 'copyDisk', 'undo'), all),
    says: 'resize.copyDisk: it acquires a disk and has no undo',
  },
  'way-back-is-open': {
    flaws: () => findFlaws(withoutPart('resize', 'leave', 'pointOfNoReturn'), all),
    says: 'resize.leave: it does something irreversible while the task can still be cancelled',
  },
  'no-return-is-explained': {
    flaws: () => findFlaws(withoutPart('confirmResize', 'destroyOld', 'irreversible'), all),
    says: 'confirmResize.destroyOld: it closes the way back without a word',
  },
  'only-hosts-owe': {
    flaws: () => findFlaws(withStep('delete', 'release', { owedWhen: 'failed' }), all),
    says: 'delete.release: releaseClaim runs on the control plane, which owes nothing',
  },
  'undo-acquires-nothing': {
    flaws: () => findFlaws(withStep('resize', 'plug', { undo: { unit: claimHost, with: () => ({}) } }), all),
    says: 'resize.plug: its undo, claimHost, acquires a claim that the step neither acquires nor releases',
  },
  'sub-task-can-start': {
    flaws: () =>
      findFlaws(withOperation('shelve', { subTasks: [{ operation: operations.resume, with: () => ({}) }] }), all),
    says: 'shelve.resume: shelve leads to shelved, from which resume does not start',
  },
  'sub-tasks-are-flat': {
    flaws: () =>
      findFlaws(withOperation('create', { subTasks: [{ operation: operations.shelve, with: () => ({}) }] }), all),
    says: 'create.shelve: it has sub-tasks of its own: shelveOffload',
  },
  'fault-is-catalogued': {
    flaws: () => faultFlaws(all, ['NOT_ALLOWED_IN_STATE', 'TASK_TERMINATED']),
    says: 'defineGuest: it declares the fault DISK_NOT_FOUND, which is in no catalogue',
  },
  'fault-is-declared': {
    flaws: () => faultFlaws([removeDisk, defineGuest]),
    says: 'NO_VALID_HOST: no unit declares it',
  },
};

test('the declarations are sound', () => {
  expect(findFlaws(operations, all).map(flawText)).toEqual([]);
});

test('a step whose undo may come too late closes the way back, and must say what cannot be brought back', () => {
  const found = findFlaws(withoutPart('liveMigrate', 'migrate', 'irreversible'), all);
  expect(found.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
    'no-return-is-explained liveMigrate.migrate',
  ]);
});

describe.each(Object.entries(planted))('a declaration that breaks the rule %s', (rule, { flaws, says }) => {
  test('is refused with where, what and the remedy', () => {
    const found = flaws().filter((flaw) => flaw.rule === rule);
    expect(found.map(({ subject, problem }) => `${subject}: ${problem}`)).toContain(says);
    for (const flaw of found) expect(flaw.remedy).not.toBe('');
  });
});

test('every rule has such a declaration, and a reason', () => {
  expect(Object.keys(planted).sort()).toEqual(Object.keys(rules).sort());
});
