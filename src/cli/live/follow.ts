import type { InstanceTasks } from '../../client/client.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { representTask } from '../../model/representation.ts';
import { hasEnded, type Task } from '../../model/task.ts';
import { exitCodes } from '../exit-codes.ts';
import { waitText } from '../text/waiting.ts';
import type { Session } from '../session.ts';
import { changesOf } from './changes.ts';
import { ending, leaving } from './ending.ts';
import { liveScreen, plainScreen, type Screen } from './screen.ts';
import { TaskView } from './task-view.ts';

/**
 * Shows a task until it has ended, and sets the exit code by how. Ctrl-C leaves it: it goes on. Without `wait`, or when
 * a program reads, nothing is shown but the task itself, in the end.
 */
export async function follow(session: Session, task: Task, { wait }: { readonly wait: boolean }): Promise<void> {
  const { output, viewer } = session;
  const client = await session.client();
  if (!wait) {
    const { id, operation } = task;
    const status = [task.status, waitText(task)].filter(Boolean).join(' ');
    output.print(representTask(task, viewer), () => `${operation} is ${status}, task ${id}\nitask task watch ${id}`);
    return;
  }
  const { latest, left } = await untilEndOrCtrlC((signal) =>
    output.json ? waitInSilence(client, task, signal) : show(session, client, task, signal),
  );
  const instance = output.json ? null : await readQuietly(client, latest);
  output.print(representTask(latest, viewer), () =>
    left ? leaving(latest, output.colors) : ending(latest, instance, output.colors),
  );
  process.exitCode = left ? exitCodes.detached : exitCodeOf(latest);
}

/** What the end of a task means for whoever waited for it. */
export const exitCodeOf = ({ status }: Task): number =>
  !hasEnded(status) || status === 'COMPLETED' ? exitCodes.done : exitCodes.failed;

/** Runs until the task has ended; Ctrl-C aborts its signal, and then it answers with the task as it was last seen. */
async function untilEndOrCtrlC(run: (signal: AbortSignal) => Promise<Task>): Promise<{ latest: Task; left: boolean }> {
  const leave = new AbortController();
  const abort = () => leave.abort();
  // Not `once`: what restores the cursor ends the process at a signal that nobody else listens for.
  process.on('SIGINT', abort);
  try {
    const latest = await run(leave.signal);
    return { latest, left: leave.signal.aborted && !hasEnded(latest.status) };
  } finally {
    process.off('SIGINT', abort);
  }
}

async function waitInSilence(client: InstanceTasks, task: Task, signal: AbortSignal): Promise<Task> {
  let latest = task;
  try {
    for await (const change of changesOf(client, task, { signal, progress: false }))
      if (change.kind === 'ended') latest = change.task;
    return latest;
  } catch (error) {
    if (!signal.aborted) throw error;
    return client.task(task.id);
  }
}

async function show(session: Session, client: InstanceTasks, task: Task, signal: AbortSignal): Promise<Task> {
  const { output } = session;
  const view = new TaskView(task);
  const name = (await readQuietly(client, task))?.name ?? '';
  const screen = output.live ? liveScreen(view, name, output) : plainScreen(view, name, output);
  void client.durations(task.operation).then((durations) => (view.durations = durations));
  try {
    await keepUp(client, view, screen, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    screen.close();
  }
  return view.task;
}

/** Tells the view what changes, and asks the task itself for what its changes do not say: hosts, faults, steps left out. */
async function keepUp(client: InstanceTasks, view: TaskView, screen: Screen, signal: AbortSignal): Promise<void> {
  const refresh = oneAtATime(async () => {
    const task = await client.task(view.task.id);
    if (hasEnded(view.task.status)) return;
    view.refresh(task);
    for (const id of task.subTasks ?? []) view.refreshSubTask(await client.task(id));
    screen.update();
  });
  const onTrouble = (trouble: string | null) => screen.trouble(trouble);
  const changes = changesOf(client, view.task, { signal, onTrouble, progress: screen.moves });
  for await (const change of changes) {
    view.heed(change);
    screen.update();
    if (change.kind === 'status' || change.kind === 'step') refresh();
  }
}

/** A function that starts the action, or when it runs already has it run once more afterwards. */
function oneAtATime(action: () => Promise<void>): () => void {
  let state: 'idle' | 'running' | 'running, and once more' = 'idle';
  const run = () => {
    state = 'running';
    // When it fails the next change asks again; what is missing until then is a detail.
    void action()
      .catch(() => undefined)
      .then(() => {
        const isWanted = state === 'running, and once more';
        state = 'idle';
        if (isWanted) run();
      });
  };
  return () => {
    if (state === 'idle') run();
    else state = 'running, and once more';
  };
}

/** The instance, as far as it can be had. */
const readQuietly = (client: InstanceTasks, { instanceId }: Task): Promise<InstanceRecord | null> =>
  client.get(instanceId).catch(() => null);
