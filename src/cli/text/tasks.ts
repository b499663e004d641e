import type { Colors } from '../../dev/colors.ts';
import { faultCatalogue } from '../../model/fault.ts';
import type { Outlook } from '../../model/progress.ts';
import { withoutSealed } from '../../model/secret.ts';
import { hasEnded, type Item, type Note, type Task } from '../../model/task.ts';
import { outlookText } from './outlook.ts';
import { commandOf } from '../task-commands.ts';
import { printable } from './printable.ts';
import { paintState } from './states.ts';
import { properties, table, type Column } from './table.ts';
import { between, moment } from './time.ts';
import { waitText } from './waiting.ts';

/** Tasks as a table. */
export function taskTable(tasks: readonly Task[], colors: Colors): string {
  const columns: Column<Task>[] = [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'ACTION', cell: ({ operation, parentTask }) => (parentTask === undefined ? operation : `└ ${operation}`) },
    { head: 'STATE', cell: ({ status }) => status, paint: ({ status }) => paintState(status, colors) },
    { head: 'STEP', cell: ({ step }) => step },
    { head: 'DONE', cell: ({ progress }) => `${Math.round(progress * 100)} %`, align: 'right' },
    ...(tasks.some((task) => waitText(task) !== null) ? [{ head: 'WAITS', cell: waitText }] : []),
    { head: 'CREATED', cell: ({ createdAt }) => moment(createdAt) },
    { head: 'TOOK', cell: ({ startedAt, endedAt }) => between(startedAt, endedAt), align: 'right' },
    { head: 'ACTOR', cell: ({ actor }) => actor },
    { head: 'REASON', cell: ({ reason }) => reason },
    { head: 'FAULT', cell: ({ fault }) => fault?.code ?? null, paint: () => colors.red },
  ];
  return tasks.length === 0 ? 'There are no tasks.' : table(columns, tasks, colors);
}

/** One task with its steps and those of its sub-tasks. With `details` also the original messages of faults. */
export function taskText(
  task: Task,
  subTasks: readonly Task[],
  outlook: Outlook,
  colors: Colors,
  { details }: { readonly details: boolean },
): string {
  const { fault, notes, items, verbs } = task;
  const waits = waitText(task);
  const parts = [
    properties(
      [
        ['id', task.id],
        ['action', task.operation],
        ['input', JSON.stringify(withoutSealed(task.input))],
        ...Object.entries(task.result ?? {}).map(([what, id]) => [what, id] as const),
        ['state', [task.status, waits, task.pauseRequested ? 'pause requested' : null].filter(Boolean).join(', ')],
        ['progress', outlookText(outlook, { ended: hasEnded(task.status) })],
        ['instance', task.instanceId],
        ['asked for', `${moment(task.createdAt)} by ${task.actor}${task.reason === null ? '' : `: ${task.reason}`}`],
        ...(task.startAt === undefined ? [] : [['not before', moment(task.startAt)] as const]),
        ...(task.after === undefined ? [] : [['after', task.after] as const]),
        ['started', moment(task.startedAt)],
        ['ended', moment(task.endedAt)],
        ['took', between(task.startedAt, task.endedAt)],
        ['request', task.requestId],
        ...(task.retryOf === undefined ? [] : [['repeats', task.retryOf] as const]),
        ...(task.parentTask === undefined ? [] : [['part of', task.parentTask] as const]),
        ...(task.hostTask === undefined ? [] : [['asked for by', `the host's task ${task.hostTask}`] as const]),
        ...(task.recovers === undefined ? [] : [['recovers', task.recovers.join(', ')] as const]),
        ...(verbs.length === 0 ? [] : [['takes', verbs.map(commandOf).join(', ')] as const]),
      ],
      colors,
    ),
    ...(items.length === 0 ? [] : [itemTable(items, colors)]),
    ...subTasks.map((subTask) => subTaskText(subTask, colors)),
    ...(fault === null
      ? []
      : [
          `${colors.red(fault.code)} (${fault.blame}): ${printable(fault.message)}\n${faultCatalogue[fault.code].forOperator}\n${fault.nextAction}`,
        ]),
    ...(details && fault?.detail !== undefined ? [colors.dim(printable(fault.detail))] : []),
    ...(notes.length === 0 ? [] : [notes.map(noteText).join('\n')]),
  ];
  return parts.join('\n\n');
}

/** A sub-task within its task: its steps stand to the right of where those of the task do. */
function subTaskText({ id, operation, status, items }: Task, colors: Colors): string {
  const headline = `${operation} ${paintState(status, colors)(status)}  ${colors.dim(`task ${id}`)}`;
  const lines = items.length === 0 ? [] : itemTable(items, colors).split('\n');
  return [headline, ...lines.map((line) => `  ${line}`)].join('\n');
}

function itemTable(items: readonly Item[], colors: Colors): string {
  const columns: Column<Item>[] = [
    { head: 'STEP', cell: ({ step, direction }) => (direction === 'run' ? step : `${direction} ${step}`) },
    { head: 'UNIT', cell: ({ unit }) => unit },
    { head: 'STATE', cell: ({ state }) => state, paint: ({ state }) => paintState(state, colors) },
    { head: 'HOST', cell: ({ host }) => host },
    { head: 'STARTED', cell: ({ startedAt }) => moment(startedAt) },
    { head: 'TOOK', cell: ({ startedAt, endedAt }) => between(startedAt, endedAt), align: 'right' },
    { head: 'FAULT', cell: ({ fault }) => fault?.code ?? null, paint: () => colors.red },
  ];
  return table(columns, items, colors);
}

function noteText({ at, verb, actor, reason, refusal }: Note): string {
  const why = reason === null ? '' : `: ${reason}`;
  return printable(`${moment(at)}  ${verb} by ${actor}${why}${refusal === null ? '' : ` (refused: ${refusal})`}`);
}
