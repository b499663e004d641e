/** Where a watched task is shown: a terminal that is written anew, or lines that stay. */
import { createLogUpdate } from 'log-update';
import { hasEnded, type ItemState, type TaskStatus } from '../../model/task.ts';
import type { Output } from '../output.ts';
import { between } from '../text/time.ts';
import type { TaskView } from './task-view.ts';
import { heading, standing, tree } from './tree.ts';

export interface Screen {
  /** It shows what changes from moment to moment. */
  readonly moves: boolean;
  /** Something has changed. */
  update(): void;
  /** Says that the source of news is away; null when it is back. */
  trouble(message: string | null): void;
  /** Nothing more will change here. */
  close(): void;
}

const frameMs = 80;

/** A tree that moves. */
export function liveScreen(view: TaskView, name: string, { colors }: Output): Screen {
  const write = createLogUpdate(process.stdout);
  let trouble: string | null = null;
  const draw = (last: boolean) => {
    const below = trouble === null ? standing(view, colors) : colors.yellow(`${trouble}; trying again`);
    write(
      [heading(view.task, name, colors), tree(view, colors, { moving: !last }), ...(last ? [] : [below])].join('\n'),
    );
  };
  const timer = setInterval(draw, frameMs, false);
  return {
    moves: true,
    update: () => {},
    trouble: (message) => (trouble = message),
    close: () => {
      clearInterval(timer);
      draw(true);
      write.done();
    },
  };
}

const endStates: readonly ItemState[] = ['COMPLETED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'SKIPPED', 'OWED'];

/** That a task which waited runs goes without saying; how it ends is said by others. */
const isNews = (status: TaskStatus, before: TaskStatus): boolean =>
  !hasEnded(status) && !(status === 'RUNNING' && before === 'QUEUED');

/** A line for each step that has ended, and for each status that the task takes on. */
export function plainScreen(view: TaskView, name: string, output: Output): Screen {
  const told = new Set<string>();
  let status = view.task.status;
  output.say(heading(view.task, name, output.colors));
  const update = (isLast: boolean) => {
    for (const { name: step, subTask, unit, where, state, startedAt, endedAt, fault } of view.lines) {
      const line = `${subTask ?? ''} ${step}`;
      if (told.has(line) || !endStates.includes(state)) continue;
      // A line stays as it is once printed: better a moment later than without its host.
      if (where === null && state !== 'SKIPPED' && !isLast) break;
      told.add(line);
      const took = between(startedAt, endedAt);
      output.say(`  ${[state.padEnd(9), step, unit, where, took, fault?.code].filter(Boolean).join('  ')}`);
    }
    if (status !== view.task.status && isNews(view.task.status, status)) output.say(`  ${view.task.status}`);
    ({ status } = view.task);
  };
  return {
    moves: false,
    update: () => update(false),
    trouble: (message) => output.note(message === null ? 'Temporal is back' : `${message}; trying again`),
    close: () => update(true),
  };
}
