import type {
  InstanceAction,
  InstanceActionDetail,
  InstanceActionEvent,
  InstanceFault,
} from '../../model/instance-action.ts';
import type { Viewer } from '../../model/representation.ts';
import type { Colors } from '../../dev/colors.ts';
import { printable, printableLines } from './printable.ts';
import { properties, table, type Column } from './table.ts';
import { between, moment } from './time.ts';

/** Instance actions as a table. */
export function actionTable(actions: readonly InstanceAction[], colors: Colors): string {
  const columns: Column<InstanceAction>[] = [
    { head: 'REQUEST ID', cell: ({ requestId }) => requestId },
    { head: 'ACTION', cell: ({ action }) => action },
    { head: 'STARTED', cell: ({ startTime }) => moment(startTime) },
    { head: 'UPDATED', cell: ({ updatedAt }) => moment(updatedAt) },
    { head: 'MESSAGE', cell: ({ message }) => message, paint: () => colors.red },
    { head: 'TASK', cell: ({ taskId }) => taskId },
  ];
  return actions.length === 0 ? 'There are no actions.' : table(columns, actions, colors);
}

/** One action with its events. */
export function actionText(action: InstanceActionDetail, colors: Colors, { details }: Viewer): string {
  const { events } = action;
  const columns: Column<InstanceActionEvent>[] = [
    { head: 'EVENT', cell: ({ event }) => event },
    { head: 'STARTED', cell: ({ startTime }) => moment(startTime) },
    { head: 'TOOK', cell: ({ startTime, finishTime }) => between(startTime, finishTime), align: 'right' },
    {
      head: 'RESULT',
      cell: ({ result }) => result,
      paint: ({ result }) => (result === 'Error' ? colors.red : colors.green),
    },
    { head: 'HOST', cell: ({ host }) => host },
    { head: 'DETAILS', cell: (event) => event.details },
  ];
  const tracebacks = events.flatMap(({ event, traceback }) =>
    details && traceback !== null ? [`${colors.bold(event)}\n${printableLines(traceback)}`] : [],
  );
  return [
    properties(
      [
        ['action', action.action],
        ['request', action.requestId],
        ['instance', action.instanceId],
        ['user', action.userId],
        ['project', action.projectId],
        ['started', moment(action.startTime)],
        ['updated', moment(action.updatedAt)],
        ['message', action.message],
        ['task', action.taskId],
      ],
      colors,
    ),
    ...(events.length === 0 ? [] : [table(columns, events, colors)]),
    ...tracebacks,
  ].join('\n\n');
}

/** Faults, each with what to do about it. */
export function faultList(faults: readonly InstanceFault[], colors: Colors, { details }: Viewer): string {
  if (faults.length === 0) return 'There are no faults.';
  return faults
    .map(({ created, operation, code, blame, step, host, message, nextAction, taskId, detail }) => {
      const where = [step === undefined ? '' : ` at its step ${step}`, host === undefined ? '' : ` on ${host}`];
      return [
        `${moment(created)}  ${operation}${where.join('')}: ${colors.red(code)} (${blame})`,
        `  ${printable(message)} ${nextAction}`,
        ...(details && detail !== undefined ? [colors.dim(`  ${printable(detail)}`)] : []),
        colors.dim(`  itask task show ${taskId}`),
      ].join('\n');
    })
    .join('\n');
}
