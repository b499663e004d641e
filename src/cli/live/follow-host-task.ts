import { setTimeout as delay } from 'node:timers/promises';
import type { HostTasks } from '../../client/host-tasks.ts';
import { representHostTask } from '../../model/host-task-representation.ts';
import { hasHostTaskEnded, type HostTask } from '../../model/host-task.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { hostTaskCounts, hostTaskHeading, hostTaskSteps } from '../text/host-task.ts';

/** How often it is looked at. */
const glanceMs = 500;

/** Shows a host's task until it has ended, a line for each thing that happens, and sets the exit code by how it ends. */
export async function followHostTask(session: Session, tasks: HostTasks, task: HostTask): Promise<void> {
  const { output } = session;
  const leave = new AbortController();
  const abort = () => leave.abort();
  process.on('SIGINT', abort);
  output.say(hostTaskHeading(task, output.colors));
  let latest: HostTask | null = null;
  let now = task;
  try {
    for (;;) {
      for (const line of hostTaskSteps(latest, now, output.colors)) output.say(line);
      latest = now;
      if (hasHostTaskEnded(now)) break;
      await delay(glanceMs, undefined, { signal: leave.signal });
      now = await tasks.get(task.host, task.id);
    }
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', abort);
  }
  output.print(representHostTask(now), () => hostTaskCounts(now, output.colors));
  if (leave.signal.aborted) process.exitCode = exitCodes.detached;
  else process.exitCode = now.status === 'COMPLETED' ? exitCodes.done : exitCodes.failed;
}
