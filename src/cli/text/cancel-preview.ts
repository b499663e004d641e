import type { Colors } from '../../dev/colors.ts';
import type { CancelPreview } from '../../model/cancel-preview.ts';
import { printable } from './printable.ts';
import { paintState, stepMarks } from './states.ts';
import { duration } from './time.ts';

/** What a cancel would do now. */
export function cancelPreviewText(preview: CancelPreview, colors: Colors): string {
  const { taskId, operation, status, soFar, toUndo, irreversible, expectedMs, refusal } = preview;
  const usual = (ms: number | null) => (ms === null ? '' : `  ${colors.dim(`usually ${duration(ms)}`)}`);
  const about = expectedMs === null ? ', how long is not known yet' : `, in about ${duration(expectedMs)}`;
  const parts = [
    `${colors.bold(operation)} is ${status}  ${colors.dim(`task ${taskId}`)}`,
    list('Done so far', soFar, ({ name, state }) => `${paintState(state, colors)(stepMarks[state])} ${name}`),
    ...(refusal === null
      ? [
          list(
            `Would be undone${toUndo.length === 0 ? '' : about}`,
            toUndo,
            ({ name, unit, usualMs }) => `${name}  ${unit}${usual(usualMs)}`,
          ),
        ]
      : [`${colors.red('✘')} A cancel would be refused: ${printable(refusal)}`]),
    ...(irreversible.length === 0
      ? []
      : [list('Cannot be undone', irreversible, ({ step, text }) => `${step}: ${text}`)]),
  ];
  return parts.join('\n');
}

const list = <T>(head: string, entries: readonly T[], line: (entry: T) => string): string =>
  entries.length === 0 ? `${head}: nothing` : [`${head}:`, ...entries.map((entry) => `  ${line(entry)}`)].join('\n');
