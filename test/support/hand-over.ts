import { instanceWorkflowId } from '../../src/model/task.ts';
import { eventually } from './eventually.ts';
import type { Fleet } from './fleet.ts';

/** As many events as an instance hands over to a new run after, and some. */
const enough = 1_100;
const atOnce = 50;

/** Has an idle instance go on as a new run of its workflow: it is sent signals that mean nothing to it until it does. */
export async function handOver(fleet: Fleet, instanceId: string): Promise<void> {
  const handle = fleet.temporal.workflow.getHandle(instanceWorkflowId(instanceId));
  const { runId: before } = await handle.describe();
  for (let sent = 0; sent < enough; sent += atOnce) {
    if ((await handle.describe()).runId !== before) return;
    const meaningless = { taskId: 'none' };
    await Promise.all(Array.from({ length: atOnce }, () => handle.signal('pauseTask', meaningless)));
  }
  await eventually('a new run', async () => (await handle.describe()).runId !== before);
}
