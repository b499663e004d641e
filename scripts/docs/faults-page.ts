/** The page of the faults. */
import { faultCatalogue, faultCodes, taskFaults, type FaultCode } from '../../src/model/fault.ts';
import type { Unit } from '../../src/model/unit.ts';
import { code } from './markdown.ts';

export function faultsPage(units: readonly Unit[]): string {
  const intro =
    'What a task may end with. The code is stable. A step is tried again, until its deadline, after a fault that is ' +
    'retried. Owners of instances see the code, the sentence and what to do; operators see what it means to them, too, ' +
    'and with `--admin` the original message.';
  return ['# Faults', intro, ...faultCodes.map((fault) => section(fault, units))].join('\n\n');
}

function section(fault: FaultCode, units: readonly Unit[]): string {
  const { blame, retryable, untouched, sentence, forOperator, nextAction } = faultCatalogue[fault];
  const raising = units.filter(({ faults }) => faults.includes(fault)).map(({ name }) => code(name));
  const raisedBy = raising.length === units.length ? 'every unit' : raising.join(', ');
  const byTasks = taskFaults.some((own) => own === fault);
  return [
    `## ${fault}`,
    `Blame: ${blame}. ${retryable ? 'Retried.' : 'Not retried.'} ${untouched ? 'Raised before anything was changed.' : ''}`,
    `- Owner: ${sentence}`,
    `- Operator: ${forOperator}`,
    `- What to do: ${nextAction}`,
    `- Raised by ${byTasks ? 'tasks themselves' : raisedBy}.`,
  ].join('\n');
}
