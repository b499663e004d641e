import { representOutlook, representTask } from '../../model/representation.ts';
import type { Task, TaskVerb } from '../../model/task.ts';
import { findTask } from '../find-task.ts';
import {
  afterOption,
  atOption,
  keyOption,
  noWaitOption,
  queueOption,
  reasonOption,
  toSubmitOptions,
  type Root,
} from '../options.ts';
import { inSession, type Session } from '../session.ts';
import { commandOf } from '../task-commands.ts';
import { addCancel } from './cancel.ts';
import { createGroup, type TaskGroup } from './task-group.ts';

const words = {
  pause: 'hold a task before its next step',
  resume: 'let a paused task go on',
  forceComplete: 'have a live migration stop the guest for the rest of the copying, so that it completes',
} as const;
const verbs = ['pause', 'resume', 'forceComplete'] as const satisfies readonly TaskVerb[];

/** `itask task`: one task, by its id. */
export function addTask(root: Root): void {
  const group = createGroup(root);

  group
    .command('show')
    .description('the task and its steps')
    .argument('<task>', 'id')
    .action((id, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => show(session, await findTask(session, id))),
    );

  group
    .command('watch')
    .description('watch a task until it has ended; the exit code is the one of the task')
    .argument('<task>', 'id')
    .option('--cursor <cursor>', 'with -o json: go on after the change that had this cursor')
    .action((id, { cursor }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const task = await findTask(session, id);
        const { watch } = await import('../live/watch.ts');
        await watch(session, task, cursor);
      }),
    );

  for (const verb of verbs) {
    group
      .command(commandOf(verb))
      .description(words[verb])
      .argument('<task>', 'id')
      .addOption(reasonOption())
      .action((id, { reason }, command) =>
        inSession(command.optsWithGlobals(), async (session) => {
          const { id: known } = await findTask(session, id);
          const client = await session.client();
          const task = await client[verb](known, { actor: session.actor, ...(reason !== undefined && { reason }) });
          const { output, viewer } = session;
          output.print(representTask(task, viewer), () => toldText(verb, task));
        }),
      );
  }
  addCancel(group);
  addRepeats(group);
}

/** What is done about a task that has ended. Both start a new task, which is waited for. */
function addRepeats(group: TaskGroup): void {
  group
    .command('retry')
    .description('ask once more for what a failed task asked for, or once more for the undo that failed')
    .argument('<task>', 'id')
    .addOption(reasonOption())
    .addOption(keyOption())
    .addOption(queueOption())
    .addOption(atOption())
    .addOption(afterOption())
    .addOption(noWaitOption())
    .action((id, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { id: known } = await findTask(session, id);
        const client = await session.client();
        await followNew(session, await client.retry(known, toSubmitOptions(options)), options.wait);
      }),
    );

  group
    .command('skip')
    .description('leave an undo that failed for good, and go on with the others')
    .argument('<task>', 'id of the task that is ROLLBACK_FAILED')
    .option('--step <step>', 'the step whose undo is meant; the one that failed where absent')
    .option('--mark-done', 'not left, but done by hand')
    .addOption(reasonOption())
    .addOption(keyOption())
    .addOption(noWaitOption())
    .action((id, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const task = await findTask(session, id);
        await refuseSkip(task);
        const client = await session.client();
        const decision = options.markDone === true ? 'markDone' : 'skip';
        const meant = { ...toSubmitOptions(options), recovers: task.id };
        const input = { decision, ...(options.step !== undefined && { step: options.step }) } as const;
        await followNew(session, await client.recover(task.instanceId, input, meant), options.wait);
      }),
    );
}

/** Whether somebody has tied that up since only its instance knows, which refuses, too. */
async function refuseSkip({ operation, status, looseEnds }: Task): Promise<void> {
  if (looseEnds) return;
  const { TaskVerbRefusedError } = await import('../../client/errors.ts');
  throw new TaskVerbRefusedError(`a ${operation} that is ${status} has no undo to be skipped`, 'skip', status);
}

async function show(session: Session, task: Task): Promise<void> {
  const { output, viewer } = session;
  const client = await session.client();
  const [outlook, subTasks, { taskText }] = await Promise.all([
    client.outlook(task),
    Promise.all((task.subTasks ?? []).map((id) => client.task(id))),
    import('../text/tasks.ts'),
  ]);
  output.print({ ...representTask(task, viewer), outlook: representOutlook(outlook) }, () =>
    taskText(task, subTasks, outlook, output.colors, viewer),
  );
}

async function followNew(session: Session, task: Task, wait: boolean): Promise<void> {
  const { follow } = await import('../live/follow.ts');
  await follow(session, task, { wait });
}

function toldText(verb: (typeof verbs)[number], { id, operation, status, step, pauseRequested }: Task): string {
  const subject = `${operation} (task ${id})`;
  if (verb === 'resume') return `${subject} goes on. itask task watch ${id}`;
  if (verb === 'forceComplete') return `${subject} is forced to complete. itask task watch ${id}`;
  const when = pauseRequested && status !== 'PAUSED' ? `pauses when its step ${step ?? ''} has ended` : 'is paused';
  return `${subject} ${when}. itask task resume ${id}`;
}
