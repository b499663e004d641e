import type { Colors } from '../../dev/colors.ts';
import type { CapacityCheck, PastDuration, Plan, PlannedStep } from '../../operations/plan.ts';
import { printable } from './printable.ts';
import { table, type Column } from './table.ts';
import { duration } from './time.ts';

/** What an operation would do, and whether it could start. */
export function planText(plan: Plan, colors: Colors): string {
  const { operation, instanceName, steps, past } = plan;
  const took = past === null ? '' : `  ${colors.dim(pastText(past))}`;
  return [
    `${colors.bold(printable(`${operation} ${instanceName}`))}${took}`,
    ...(steps.length === 0 ? [] : [stepTable(steps, colors)]),
    ...plan.subTasks.map(({ operation: next, applies }) => `then ${next}, as a sub-task: ${appliesText(applies)}`),
    [...plan.capacity.map((check) => capacityText(check, colors)), verdictText(plan, colors)].join('\n'),
  ].join('\n\n');
}

function stepTable(steps: readonly PlannedStep[], colors: Colors): string {
  const columns: Column<PlannedStep>[] = [
    { head: 'STEP', cell: ({ name }) => name },
    { head: 'UNIT', cell: ({ unit }) => unit },
    { head: 'RUNS', cell: ({ applies }) => appliesText(applies) },
    { head: 'WHERE', cell: ({ host }) => whereText(host) },
    { head: 'USUALLY', cell: ({ past }) => past && duration(past.medianMs), align: 'right' },
    { head: '95 % IN', cell: ({ past }) => past && duration(past.highMs), align: 'right' },
    { head: 'DEADLINE', cell: ({ deadline }) => deadline, align: 'right' },
    { head: 'UNDO', cell: ({ undo }) => undo },
    { head: 'REMARKS', cell: remarks },
  ];
  return table(columns, steps, colors);
}

const unknown = 'not known yet';

function appliesText(applies: PlannedStep['applies']): string {
  if (applies.known) return applies.value ? 'yes' : 'no';
  return applies.on === null ? unknown : `depends on ${applies.on}`;
}

function whereText(host: PlannedStep['host']): string {
  if (host.known) return host.value ?? 'control';
  return host.on === null ? unknown : `chosen by ${host.on}`;
}

const pastText = ({ medianMs, highMs, count }: PastDuration): string =>
  `usually ${duration(medianMs)}, 95 % within ${duration(highMs)}; ${count} known`;

const remarks = ({ pointOfNoReturn, irreversible }: PlannedStep): string =>
  [pointOfNoReturn ? 'POINT OF NO RETURN' : '', irreversible ?? ''].filter((text) => text !== '').join('; ');

const capacityText = ({ step, host, refusal, detail }: CapacityCheck, colors: Colors): string =>
  refusal === null
    ? `${colors.green('✔')} ${step}: ${host ?? 'a host'} has room`
    : `${colors.red('✘')} ${step}: no host has room. ${refusal} ${detail === null ? '' : `(${detail})`}`;

function verdictText({ verdict, problem, couldStart }: Plan, colors: Colors): string {
  if (problem !== null) return `${colors.red('✘')} ${printable(problem.message)}`;
  const words = {
    start: 'it would start at once',
    record: 'it would be done at once',
    queue: 'it would wait for its turn',
    supersede: 'what runs or waits there would be cancelled and undone first',
    deliver: 'the task that is there already would be the answer',
    refuse: 'it would be refused',
  } as const;
  return couldStart
    ? `${colors.green('✔')} ${words[verdict]}. Nothing has been done.`
    : `${colors.red('✘')} ${words[verdict]}, and fail.`;
}
