import { faultCatalogue, faultCodes, type FaultCode } from '../../model/fault.ts';
import type { Operation, OperationKind, Step } from '../../model/operation.ts';
import { closesWayBack } from '../../model/undo.ts';
import type { Unit } from '../../model/unit.ts';
import type { InputField } from '../../operations/schemas.ts';
import type { Colors } from '../../dev/colors.ts';
import { properties, table, type Column } from './table.ts';

/** The operations, one a line. */
export function operationTable(operations: readonly Operation[], colors: Colors): string {
  const columns: Column<Operation>[] = [
    { head: 'OPERATION', cell: ({ name }) => name },
    { head: 'FROM', cell: ({ allowedFrom }) => allowedFrom.join(' ') },
    { head: 'TO', cell: ({ leadsTo, kind }) => (kind === 'recovery' ? 'what was meant' : leadsTo.join(' ')) },
    { head: 'WHAT IT DOES', cell: ({ purpose }) => purpose },
  ];
  return table(columns, operations, colors);
}

/** The units of work, one a line. */
export function unitTable(units: readonly Unit[], colors: Colors): string {
  const columns: Column<Unit>[] = [
    { head: 'UNIT', cell: ({ name }) => name },
    { head: 'RUNS ON', cell: ({ runsOn }) => runsOn },
    { head: 'LEAVES', cell: ({ acquires }) => acquires },
    { head: 'ENSURES', cell: ({ ensures }) => ensures },
  ];
  return table(columns, units, colors);
}

/** The faults that tasks end with. */
export function faultTable(colors: Colors): string {
  const columns: Column<FaultCode>[] = [
    { head: 'FAULT', cell: (code) => code },
    { head: 'BLAME', cell: (code) => faultCatalogue[code].blame },
    { head: 'RETRIED', cell: (code) => (faultCatalogue[code].retryable ? 'yes' : 'no') },
    { head: 'WHAT IT MEANS', cell: (code) => faultCatalogue[code].forOperator },
  ];
  return table(columns, faultCodes, colors);
}

/** One operation: what it does, from where to where, its input and its steps. */
export function operationText(operation: Operation, input: string, colors: Colors): string {
  const { name, purpose, kind, evenWhenLocked, allowedFrom, leadsTo, failsTo, steps, subTasks } = operation;
  return [
    `${colors.bold(name)}  ${purpose}`,
    properties(
      [
        ['starts from', allowedFrom.join(', ')],
        ['leads to', leadsTo.join(', ') || 'where it was'],
        ['after a failure', failsTo ?? 'as it was before'],
        ['while locked', evenWhenLocked ? 'allowed' : 'refused'],
        ...subTasks.map(
          (subTask) => ['then', `${subTask.operation.name}${subTask.when === undefined ? '' : ', if needed'}`] as const,
        ),
      ],
      colors,
    ),
    `${colors.bold('Input')}\n${input}`,
    `${colors.bold('Steps')}\n${withoutSteps[kind] ?? stepTable(steps, colors)}`,
  ].join('\n\n');
}

const withoutSteps: Partial<Record<OperationKind, string>> = {
  recovery: 'Those that the task which it recovers has left.',
  record: 'None: it changes the record alone, at once.',
};

function stepTable(steps: readonly Step[], colors: Colors): string {
  const columns: Column<Step>[] = [
    { head: 'STEP', cell: ({ name }) => name },
    { head: 'UNIT', cell: ({ unit }) => unit.name },
    { head: 'RUNS ON', cell: ({ unit }) => unit.runsOn },
    { head: 'DEADLINE', cell: ({ deadline }) => deadline, align: 'right' },
    { head: 'TASK_STATE', cell: ({ taskState }) => taskState },
    { head: 'UNDO', cell: ({ undo }) => undo?.unit.name ?? null },
    { head: 'REMARKS', cell: remarks },
  ];
  return table(columns, steps, colors);
}

function remarks(step: Step): string {
  const { irreversible, owedWhen } = step;
  const closes = closesWayBack(step);
  const owed = { unreachable: 'owed by a host that does not answer', failed: 'owed by its host when it fails' };
  return [
    step.when === undefined ? '' : 'only if needed',
    closes === null ? '' : closes === 'done' ? 'POINT OF NO RETURN once done' : 'POINT OF NO RETURN',
    irreversible ?? '',
    owedWhen === undefined ? '' : owed[owedWhen],
  ]
    .filter((text) => text !== '')
    .join('; ');
}

/** What an operation takes. */
export function inputTable(fields: readonly InputField[], colors: Colors): string {
  if (fields.length === 0) return 'It takes nothing.';
  const columns: Column<InputField>[] = [
    { head: 'KEY', cell: ({ key }) => key },
    { head: 'TAKES', cell: ({ takes }) => takes },
    { head: 'DEFAULT', cell: ({ required, usual }) => (required ? 'required' : usual) },
    { head: 'WHAT IT IS', cell: ({ description }) => description },
  ];
  return table(columns, fields, colors);
}
