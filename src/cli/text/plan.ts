import type { Colors } from '../../dev/colors.ts';
import type { Foreseen } from '../../model/foresight.ts';
import type { PastDuration, Plan, PlannedStep } from '../../operations/plan.ts';
import { printable } from './printable.ts';
import { table, type Column } from './table.ts';
import { duration } from './time.ts';

/** What an operation would do, and whether it could start. */
export function planText(plan: Plan, colors: Colors): string {
  const { operation, instanceName, steps, past } = plan;
  const took = past === null ? '' : `  ${colors.dim(`usually ${pastText(past)}, by ${past.count} tasks`)}`;
  return [
    `${colors.bold(printable(`${operation} ${instanceName}`))}${took}`,
    ...(steps.length === 0 ? [] : [stepTable(steps, colors)]),
    [
      ...plan.capacity.map(({ step, host, refusal }) => capacityText(step, host, refusal, colors)),
      verdictText(plan, colors),
    ].join('\n'),
  ].join('\n\n');
}

function stepTable(steps: readonly PlannedStep[], colors: Colors): string {
  const columns: Column<PlannedStep>[] = [
    { head: 'STEP', cell: ({ name }) => name },
    { head: 'UNIT', cell: ({ unit }) => unit },
    { head: 'RUNS', cell: ({ applies }) => foreseenText(applies, (value) => (value ? 'yes' : 'no')) },
    { head: 'WHERE', cell: ({ host }) => foreseenText(host, (name) => name ?? 'control') },
    { head: 'USUALLY', cell: ({ past }) => past && pastText(past) },
    { head: 'DEADLINE', cell: ({ deadline }) => deadline, align: 'right' },
    { head: 'UNDO', cell: ({ undo }) => undo },
    { head: 'REMARKS', cell: remarks },
  ];
  return table(columns, steps, colors);
}

function foreseenText<T>(foreseen: Foreseen<T>, text: (value: T) => string): string {
  if (foreseen.known) return text(foreseen.value);
  return foreseen.on === null ? 'not known yet' : `depends on ${foreseen.on}`;
}

const pastText = ({ medianMs, highMs }: PastDuration): string =>
  `${duration(medianMs)}, 95 % within ${duration(highMs)}`;

const remarks = ({ pointOfNoReturn, irreversible }: PlannedStep): string =>
  [pointOfNoReturn ? 'POINT OF NO RETURN' : '', irreversible ?? ''].filter((text) => text !== '').join('; ');

const capacityText = (step: string, host: string | null, refusal: string | null, colors: Colors): string =>
  refusal === null
    ? `${colors.green('✔')} ${step}: ${host ?? 'a host'} has room`
    : `${colors.red('✘')} ${step}: no host has room. ${refusal}`;

function verdictText({ verdict, problem, couldStart }: Plan, colors: Colors): string {
  if (problem !== null) return `${colors.red('✘')} ${printable(problem.message)}`;
  const words = {
    start: 'it would start at once',
    queue: 'it would wait for its turn',
    supersede: 'what runs or waits there would be cancelled and undone first',
    deliver: 'the task that is there already would be the answer',
    refuse: 'it would be refused',
  } as const;
  return couldStart
    ? `${colors.green('✔')} ${words[verdict]}. Nothing has been done.`
    : `${colors.red('✘')} ${words[verdict]}, and fail.`;
}
