import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { instanceMemo } from '../../src/model/instance-memo.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import type { InstanceEntity } from './entity.ts';

/** The server takes 2 KiB in one search attribute, and fails the workflow task for more. */
const mostIds = 50;

/**
 * Writes what lists of instances show. One event and one write of visibility, the dearest part of a small task: called at
 * the end of a task and when the queue changes. What a running task does to the instance is searched by the task.
 */
export function publish(entity: InstanceEntity): void {
  const { name, vmState, residence, updatedAt } = entity.instance;
  const withoutWorkflow = entity.idsWithoutWorkflow.slice(-mostIds);
  upsertSearchAttributes(
    toSearchAttributeUpdates({
      InstanceName: name,
      VmState: vmState,
      Host: residence?.host ?? null,
      UpdatedAt: new Date(updatedAt),
      QueuedTasks: withoutWorkflow.length === 0 ? null : withoutWorkflow,
    }),
  );
  publishMemo(entity);
}

/**
 * An event of its own, and so only when something of it has changed. Keys that the run did not start with are left alone:
 * an instance that an earlier version has started gets them with its next run.
 */
function publishMemo({ instance, fault }: InstanceEntity): void {
  const published = workflowInfo().memo ?? {};
  const memo = Object.entries(instanceMemo(instance, fault)).filter(([key]) => key in published);
  const isPublished = memo.every(([key, value]) => JSON.stringify(published[key]) === JSON.stringify(value));
  if (!isPublished) upsertMemo(Object.fromEntries(memo));
}
