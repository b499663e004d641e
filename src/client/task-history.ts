/** The history of a task's workflow, as it grows. */
import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../model/task.ts';
import { translate } from './gateway.ts';

type HistoryResponse = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
export type HistoryEvent = NonNullable<NonNullable<HistoryResponse['history']>['events']>[number];

const longPollMs = 30_000;

/** The events from the first one on, until the workflow has ended. */
export async function* historyEvents(
  client: Client,
  taskId: string,
  signal: AbortSignal,
): AsyncGenerator<HistoryEvent> {
  let nextPageToken: Uint8Array | null = null;
  do {
    signal.throwIfAborted();
    const response: HistoryResponse | null = await poll(client, taskId, nextPageToken, signal);
    if (response === null) continue;
    yield* response.history?.events ?? [];
    nextPageToken = response.nextPageToken;
  } while (nextPageToken === null || nextPageToken.length > 0);
}

/** Null when nothing came within one poll. */
async function poll(
  client: Client,
  taskId: string,
  nextPageToken: Uint8Array | null,
  signal: AbortSignal,
): Promise<HistoryResponse | null> {
  const { connection, options, workflowService } = client;
  const request = () =>
    workflowService.getWorkflowExecutionHistory({
      namespace: options.namespace,
      execution: { workflowId: taskWorkflowId(taskId) },
      waitNewEvent: true,
      ...(nextPageToken !== null && { nextPageToken }),
    });
  const withDeadline = () => connection.withDeadline(Date.now() + longPollMs, request);
  try {
    // A signal of its own for each call: the client leaves a listener on it for good.
    return await connection.withAbortSignal(AbortSignal.any([signal]), withDeadline);
  } catch (error) {
    signal.throwIfAborted();
    if (isDeadline(error)) return null;
    throw translate(error, `task ${taskId}`);
  }
}

const isDeadline = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 4;
