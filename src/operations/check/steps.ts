import { milliseconds, queueDeadline } from '../../model/deadline.ts';
import type { Operation, Step } from '../../model/operation.ts';
import { closesWayBack } from '../../model/undo.ts';
import type { Unit } from '../../model/unit.ts';
import type { Flaw, RuleName } from './flaw.ts';

/** What is wrong with the steps of an operation, each looked at where it stands. */
export function stepFlaws(operation: Operation, units: readonly Unit[]): Flaw[] {
  const closing = operation.steps.findIndex((step) => closesWayBack(step) !== null);
  return operation.steps.flatMap((step, index) => {
    const subject = `${operation.name}.${step.name}`;
    const reversible = closing === -1 || index < closing || (index === closing && closesWayBack(step) === 'done');
    return [
      ...deadlineFlaws(step),
      ...dispatchFlaws(step, units),
      ...undoFlaws(step, reversible),
      ...noReturnFlaws(step, reversible),
    ].map(([rule, problem, remedy]) => ({ rule, subject, problem, remedy }));
  });
}

type Finding = readonly [rule: RuleName, problem: string, remedy: string];

function deadlineFlaws({ deadline, attemptDeadline, unit }: Step): Finding[] {
  const needed = unit.runsOn === 'host' ? milliseconds(queueDeadline) : 0;
  const total = milliseconds(deadline);
  const rule = 'deadline-is-long-enough';
  if (!(total > needed)) {
    return [[rule, `its deadline is ${deadline}`, `give it more than ${needed / 1_000} s`]];
  }
  if (attemptDeadline !== undefined && milliseconds(attemptDeadline) > total) {
    const problem = `one attempt may take ${attemptDeadline}, the whole step only ${deadline}`;
    return [[rule, problem, 'make the deadline of the step the longer one']];
  }
  return [];
}

function dispatchFlaws(step: Step, units: readonly Unit[]): Finding[] {
  const halves = [
    { words: 'its unit', half: step },
    ...(step.undo === undefined ? [] : [{ words: 'the unit of its undo', half: step.undo }]),
    ...(step.forceComplete === undefined ? [] : [{ words: 'the unit that forces it', half: step.forceComplete }]),
  ];
  return halves.flatMap(({ words, half }): Finding[] => {
    const { unit } = half;
    const findings: Finding[] = [];
    if (!units.includes(unit)) {
      findings.push(['unit-is-registered', `${words}, ${unit.name}, is in no register`, 'add it to units.ts']);
    }
    if (unit.runsOn === 'host' && !('on' in half)) {
      const problem = `${words}, ${unit.name}, runs on a host and none is named`;
      findings.push(['host-is-named', problem, 'say `on` which host']);
    }
    return findings;
  });
}

function undoFlaws({ unit, undo, owedWhen }: Step, reversible: boolean): Finding[] {
  const findings: Finding[] = [];
  if (reversible && unit.acquires !== null && undo === undefined) {
    findings.push([
      'acquired-is-given-back',
      `it acquires a ${unit.acquires} and has no undo`,
      'give it an undo, or move it behind the point of no return',
    ]);
  }
  const mayAcquire = undo === undefined ? [] : [null, unit.acquires, unit.releases];
  if (undo !== undefined && !mayAcquire.includes(undo.unit.acquires)) {
    findings.push([
      'undo-acquires-nothing',
      `its undo, ${undo.unit.name}, acquires a ${undo.unit.acquires} that the step neither acquires nor releases`,
      'undo it with a unit that only gives back',
    ]);
  }
  if (owedWhen !== undefined && unit.runsOn === 'control') {
    findings.push(['only-hosts-owe', `${unit.name} runs on the control plane, which owes nothing`, 'drop `owedWhen`']);
  }
  return findings;
}

function noReturnFlaws(step: Step, reversible: boolean): Finding[] {
  const { irreversible, undo } = step;
  if (closesWayBack(step) !== null) {
    const remedy = 'say in `irreversible` what cannot be brought back';
    return irreversible === undefined
      ? [['no-return-is-explained', 'it closes the way back without a word', remedy]]
      : [];
  }
  if (!reversible || irreversible === undefined || undo !== undefined) return [];
  const problem = 'it does something irreversible while the task can still be cancelled';
  return [['way-back-is-open', problem, 'make it the point of no return, or give it an undo']];
}
