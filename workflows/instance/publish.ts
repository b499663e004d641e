import { upsertSearchAttributes } from '@temporalio/workflow';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import type { InstanceEntity } from './entity.ts';

/** Writes what lists of instances show. One event: called once per start and end of a task, and when the queue changes. */
export function publish(entity: InstanceEntity): void {
  const { vmState, taskState, residence, updatedAt } = entity.instance;
  const queued = entity.queuedIds;
  upsertSearchAttributes(
    toSearchAttributeUpdates({
      VmState: vmState,
      TaskState: taskState,
      Host: residence?.host ?? null,
      UpdatedAt: new Date(updatedAt),
      QueuedTasks: queued.length === 0 ? null : queued,
    }),
  );
}
