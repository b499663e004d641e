import { setHandler } from '@temporalio/workflow';
import { noteFencing } from '../messages.ts';
import type { Execution } from './execution.ts';
import type { TaskRun } from './task-run.ts';

/** Nothing more is sent to a host that is fenced, or is declared so while the task runs. */
export function listenForFencing(run: TaskRun, execution: Execution): void {
  for (const host of run.fencedHosts) execution.unreachable.add(host);
  setHandler(
    noteFencing,
    ({ host, fenced }) => {
      if (!fenced) {
        run.fencedHosts.delete(host);
        return;
      }
      run.fencedHosts.add(host);
      execution.unreachable.add(host);
    },
    { description: 'A host is fenced, or serves again. Argument: {"host": "...", "fenced": true}' },
  );
}
