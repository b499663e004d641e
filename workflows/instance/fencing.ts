import { setHandler } from '@temporalio/workflow';
import { noteFencing } from '../messages.ts';
import type { InstanceEntity } from './entity.ts';
import type { TaskStarter } from './start-task.ts';

/** Hears from hosts with room for the instance that they are fenced, or not any more. */
export function listenForFencing(entity: InstanceEntity, starter: TaskStarter): void {
  setHandler(
    noteFencing,
    (notice) => {
      entity.noteFencing(notice);
      void starter.tell(noteFencing, notice);
    },
    { description: 'A host is fenced, or serves again. Argument: {"host": "...", "fenced": true}' },
  );
}
