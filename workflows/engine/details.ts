import type { Item, ItemState, Task } from '../../src/model/task.ts';

const marks: Record<ItemState, string> = {
  WAITING: '·',
  RUNNING: '▶',
  COMPLETED: '✔',
  FAILED: '✘',
  ABORTED: '✘',
  TIMED_OUT: '✘',
  SKIPPED: '–',
  OWED: '⏸',
};

/** The step list for the Web UI's current details. */
export function toMarkdown(task: Pick<Task, 'operation' | 'status' | 'pauseRequested' | 'items' | 'notes'>): string {
  const heading = `**${task.operation}** is ${task.status}${task.pauseRequested ? ', pause requested' : ''}`;
  const notes = task.notes.map(
    ({ verb, actor, reason, refusal }) =>
      `- ${verb} by ${actor}${reason === null ? '' : `: ${reason}`}${refusal === null ? '' : ` — refused: ${refusal}`}`,
  );
  return [heading, '', ...task.items.map(toLine), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function toLine({ step, direction, state, unit, host, fault }: Item): string {
  const name = direction === 'run' ? step : `${direction} ${step}`;
  const where = host === null ? '' : ` on ${host}`;
  return `- ${marks[state]} \`${name}\` (${unit}${where}) ${state}${fault === null ? '' : `: ${fault.code}`}`;
}
