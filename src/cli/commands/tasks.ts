import type { InstanceTasks } from '../../client/client.ts';
import { representTask } from '../../model/representation.ts';
import type { Task } from '../../model/task.ts';
import type { Root } from '../options.ts';
import { inSession } from '../session.ts';

/** Requests under way at once, of those that are made for each of many tasks. */
const requestsAtOnce = 10;

/** `itask tasks`. */
export function addTasks(root: Root): void {
  root
    .command('tasks')
    .description('the tasks of an instance, newest first')
    .argument('<instance>', 'name or id')
    .option('--all', 'also those that have left the log of the instance, as long as Temporal keeps them')
    .action((nameOrId, { all = false }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output, viewer } = session;
        const client = await session.client();
        const instanceId = await client.resolve(nameOrId);
        const logged = (await client.tasks(instanceId)).reverse();
        const tasks = all ? [...logged, ...(await readOlder(client, instanceId, logged))] : logged;
        const { taskTable } = await import('../text/tasks.ts');
        output.print(
          tasks.map((task) => representTask(task, viewer)),
          () => taskTable(tasks, output.colors),
        );
      }),
    );
}

/** The tasks that the instance has forgotten, newest first: their own workflows still know. */
async function readOlder(client: InstanceTasks, instanceId: string, logged: readonly Task[]): Promise<Task[]> {
  const known = new Set(logged.map(({ id }) => id));
  const ids: string[] = [];
  let page: string | null = null;
  do {
    const found = await client.listTasks({ instanceId, limit: 1_000, ...(page !== null && { page }) });
    ids.push(...found.rows.map(({ id }) => id).filter((id) => !known.has(id)));
    page = found.next;
  } while (page !== null);
  const { default: limit } = await import('p-limit');
  return limit(requestsAtOnce).map(ids, (id) => client.task(id));
}
