/** How the preview of a cancel is shown to programs; see `representation.ts`. */
import type { CancelPreview } from './cancel-preview.ts';

export const representCancelPreview = (preview: CancelPreview) => ({
  task_id: preview.taskId,
  action: preview.operation,
  state: preview.status,
  /** Why a cancel would be refused; null when it would be heeded. */
  refusal: preview.refusal,
  done: preview.soFar,
  /** In the order in which they would be taken back. */
  to_undo: preview.toUndo.map(({ name, unit, usualMs }) => ({
    name,
    unit,
    usual_ms: usualMs === null ? null : Math.round(usualMs),
  })),
  irreversible: preview.irreversible,
  expected_ms: preview.expectedMs === null ? null : Math.round(preview.expectedMs),
});
