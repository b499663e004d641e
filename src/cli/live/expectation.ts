import type { InstanceTasks } from '../../client/client.ts';
import type { Task } from '../../model/task.ts';

/** How long a task may be expected to take: as long as the last one of its operation that was completed. */
export interface Expectation {
  readonly totalMs: number;
  readonly stepsMs: ReadonlyMap<string, number>;
}

/** Null when no such task is known. */
export async function expect(client: InstanceTasks, { id, operation }: Task): Promise<Expectation | null> {
  const { rows } = await client.listTasks({ operation, status: 'COMPLETED', limit: 2 });
  const last = rows.find((row) => row.id !== id);
  return last === undefined ? null : toExpectation(await client.task(last.id));
}

/** What it took. */
export function toExpectation({ startedAt, endedAt, items }: Task): Expectation | null {
  if (startedAt === null || endedAt === null) return null;
  const stepsMs = items.flatMap((item) =>
    item.direction === 'run' && item.startedAt !== null && item.endedAt !== null
      ? [[item.step, span(item.startedAt, item.endedAt)] as const]
      : [],
  );
  return { totalMs: span(startedAt, endedAt), stepsMs: new Map(stepsMs) };
}

const span = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));
