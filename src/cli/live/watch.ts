import { representChange } from '../../model/representation.ts';
import type { Task } from '../../model/task.ts';
import type { Session } from '../session.ts';
import { changesOf } from './changes.ts';
import { exitCodeOf, follow } from './follow.ts';

/** Shows a task until it has ended: to a person as its steps, to a program as its changes, one JSON document a line. */
export async function watch(session: Session, task: Task, cursor: string | undefined): Promise<void> {
  const { output, viewer } = session;
  if (!output.json) return follow(session, task, { wait: true });
  // Ctrl-C ends a program's watch as it ends any program: there is nothing to tell.
  const { signal } = new AbortController();
  for await (const change of changesOf(await session.client(), task, { signal, cursor, progress: true })) {
    output.printLine(representChange(change, viewer));
    if (change.kind === 'ended') process.exitCode = exitCodeOf(change.task);
  }
}
