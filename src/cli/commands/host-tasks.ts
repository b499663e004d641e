import { representHostTask } from '../../model/host-task-representation.ts';
import { defaultLimits, hostTaskVerbs, type HostTask } from '../../model/host-task.ts';
import type { HostGroup } from './host-group.ts';
import type { TaskRow } from '../../client/rows.ts';
import { noWaitOption, reasonOption, wholeNumber } from '../options.ts';
import { inSession, type Session } from '../session.ts';

const purposes = {
  drain: 'put the host into maintenance and move its instances away; again, it carries on with those that are left',
  evacuate: 'take the instances away from a host that was fenced; again, it carries on with those that are left',
} as const;
const verbs = {
  pause: 'begin with no other instance until it is resumed; what runs goes on',
  resume: 'go on with a task that was paused',
  cancel: 'begin with no other instance; the task ends when what runs has ended',
} as const;

/** `itask hosts drain`, `evacuate`, `task`, `pause`, `resume`, `cancel`. */
export function addHostTasks(group: HostGroup): void {
  addRequest(group, 'drain');
  addRequest(group, 'evacuate');
  group
    .command('task')
    .description('the task of the host that runs, or ran last, with the instances that it is busy with')
    .argument('<host>', 'name')
    .action((name, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        const task = await client.hostTasks.get(name);
        const { rows } = await client.listTasks({ parentTask: task.id, limit: 1_000 });
        await print(session, task, rows);
      }),
    );
  for (const verb of hostTaskVerbs) {
    group
      .command(verb)
      .description(`the task of the host: ${verbs[verb]}`)
      .argument('<host>', 'name')
      .addOption(reasonOption())
      .action((name, { reason }, command) =>
        inSession(command.optsWithGlobals(), async (session) => {
          const { hostTasks } = await session.client();
          const who = { actor: session.actor, ...(reason !== undefined && { reason }) };
          await print(session, await hostTasks[verb](name, who));
        }),
      );
  }
}

function addRequest(group: HostGroup, word: keyof typeof purposes): void {
  group
    .command(word)
    .description(purposes[word])
    .argument('<host>', 'name')
    .option('--concurrency <count>', `so many at once; ${defaultLimits.concurrency} where absent`, wholeNumber(1))
    .option('--canaries <count>', `so many first, alone; ${defaultLimits.canaries} where absent`, wholeNumber(0))
    .option('--max-failures <count>', `stop at so many; ${defaultLimits.maxFailures} where absent`, wholeNumber(1))
    .addOption(reasonOption())
    .addOption(noWaitOption())
    .action((name, { concurrency, canaries, maxFailures, reason, wait }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { hostTasks } = await session.client();
        const task = await hostTasks[word](name, {
          actor: session.actor,
          ...(concurrency !== undefined && { concurrency }),
          ...(canaries !== undefined && { canaries }),
          ...(maxFailures !== undefined && { maxFailures }),
          ...(reason !== undefined && { reason }),
        });
        if (!wait) return print(session, task);
        const { followHostTask } = await import('../live/follow-host-task.ts');
        return followHostTask(session, hostTasks, task);
      }),
    );
}

async function print({ output }: Session, task: HostTask, parts: readonly TaskRow[] = []): Promise<void> {
  const { hostTaskText, hostTaskTree } = await import('../text/host-task.ts');
  const tasks = parts.map(({ id, instanceId, instanceName, operation, status }) => ({
    id,
    instance_id: instanceId,
    instance_name: instanceName,
    action: operation,
    status,
  }));
  output.print({ ...representHostTask(task), tasks }, () =>
    [hostTaskText(task, output.colors), ...hostTaskTree(parts, output.colors)].join('\n'),
  );
}
