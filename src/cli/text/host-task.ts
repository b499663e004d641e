/** Tasks of hosts, for people. */
import type { Colors } from '../../dev/colors.ts';
import { hasHostTaskEnded, type HostTask, type HostTaskProblem } from '../../model/host-task.ts';
import type { TaskRow } from '../../client/rows.ts';
import { printable } from './printable.ts';
import { paintState } from './states.ts';

/** What was asked for, by whom and why. */
export const hostTaskHeading = ({ kind, host, actor, reason, id }: HostTask, colors: Colors): string =>
  `${colors.bold(`${kind} ${host}`)}  ${printable(`by ${actor}${reason === null ? '' : `: ${reason}`}`)}  ${colors.dim(`task ${id}`)}`;

const problemText = ({ name, operation, message, taskId, kind }: HostTaskProblem, colors: Colors): string =>
  `  ${colors.red('✘')} ${printable(name)}  ${operation} ${kind}: ${printable(message)}  ${colors.dim(`task ${taskId}`)}`;

/** What has happened between two looks, a line for each instance. */
export function hostTaskSteps(before: HostTask | null, now: HostTask, colors: Colors): string[] {
  const known = new Set(before?.running.map(({ taskId }) => taskId));
  const told = new Set(before?.problems.map(({ taskId }) => taskId));
  const problems = now.problems.filter(({ taskId }) => !told.has(taskId));
  const busy = new Set([...now.running, ...problems].map(({ instanceId }) => instanceId));
  const moved = (before?.running ?? []).filter(({ instanceId }) => !busy.has(instanceId));
  const begun = now.running.filter(({ taskId }) => !known.has(taskId));
  return [
    ...moved.map(({ name }) => `  ${colors.green('✔')} ${printable(name)}`),
    ...problems.map((problem) => problemText(problem, colors)),
    ...begun.map(
      ({ name, operation, taskId }) => `  ▶ ${printable(name)}  ${operation}  ${colors.dim(`task ${taskId}`)}`,
    ),
    ...(before !== null && before.status !== now.status && !hasHostTaskEnded(now) ? [`  ${now.status}`] : []),
  ];
}

/** How far it has come, in a line. */
export function hostTaskCounts(task: HostTask, colors: Colors): string {
  const { kind, status, pauseRequested, done, running, waiting, failed, refused, stoppedBy } = task;
  const counts = [
    `${done} moved`,
    ...(hasHostTaskEnded(task) ? [] : [`${running.length} under way`, `${waiting} waiting`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ].join(', ');
  const paint = status === 'COMPLETED' ? colors.green : hasHostTaskEnded(task) ? colors.red : colors.yellow;
  const pausing = pauseRequested && status === 'RUNNING' ? ', pause requested' : '';
  return `${paint(`${kind} is ${status}${pausing}`)}${stoppedBy === null ? '' : `, ${stoppedBy}`}: ${counts}`;
}

/** All that is known of it. */
export const hostTaskText = (task: HostTask, colors: Colors): string =>
  [hostTaskHeading(task, colors), ...hostTaskSteps(null, task, colors), hostTaskCounts(task, colors)].join('\n');

/** The tasks of instances that it has asked for, newest last. */
export const hostTaskTree = (parts: readonly TaskRow[], colors: Colors): string[] =>
  [...parts]
    .reverse()
    .map(
      ({ id, instanceName, operation, status }) =>
        `  └ ${operation} ${printable(instanceName)} ${paintState(status, colors)(status)}  ${colors.dim(`task ${id}`)}`,
    );
