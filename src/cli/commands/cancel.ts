import { createInterface } from 'node:readline/promises';
import type { CancelPreview } from '../../model/cancel-preview.ts';
import { representTask } from '../../model/representation.ts';
import { exitCodes } from '../exit-codes.ts';
import { findTask } from '../find-task.ts';
import { reasonOption } from '../options.ts';
import { inSession, type Session } from '../session.ts';
import type { TaskGroup } from './task-group.ts';

/** `itask task cancel`. A person at a terminal sees beforehand what it would do, and is asked; a program never is. */
export function addCancel(group: TaskGroup): void {
  group
    .command('cancel')
    .description('stop a task and have what it did taken back; refused beyond its point of no return')
    .argument('<task>', 'id')
    .option('--preview', 'say what it would do and do nothing; exit code 3: it would be refused')
    .option('-y, --yes', 'at a terminal: do not ask')
    .addOption(reasonOption())
    .action((id, { preview = false, yes = false, reason }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { id: known } = await findTask(session, id);
        const client = await session.client();
        if (preview) return show(session, await client.cancelPreview(known));
        const isAsked = !yes && process.stdin.isTTY && session.output.live;
        if (isAsked && !(await isWanted(session, await client.cancelPreview(known)))) return;
        const task = await client.cancel(known, { actor: session.actor, ...(reason !== undefined && { reason }) });
        const { output, viewer } = session;
        output.print(
          representTask(task, viewer),
          () => `${task.operation} (task ${task.id}) is told to stop. itask task watch ${task.id}`,
        );
      }),
    );
}

async function show({ output }: Session, preview: CancelPreview): Promise<void> {
  const [{ representCancelPreview }, { cancelPreviewText }] = await Promise.all([
    import('../../model/cancel-preview-representation.ts'),
    import('../text/cancel-preview.ts'),
  ]);
  output.print(representCancelPreview(preview), () => cancelPreviewText(preview, output.colors));
  if (preview.refusal !== null) process.exitCode = exitCodes.refused;
}

/** What would be refused anyway is not asked about. */
async function isWanted(session: Session, preview: CancelPreview): Promise<boolean> {
  await show(session, preview);
  if (preview.refusal !== null) return false;
  return /^y(es)?$/i.test((await ask('Cancel it? [y/N] ')).trim());
}

/** What a person answers; nothing where they end the input or press Ctrl-C. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise((resolve, reject) => {
      terminal.once('SIGINT', () => terminal.close()).once('close', () => resolve(''));
      terminal.question(question).then(resolve, reject);
    });
  } finally {
    terminal.close();
  }
}
