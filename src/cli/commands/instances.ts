import type { InstanceTasks } from '../../client/client.ts';
import type { InstanceFilter } from '../../client/lists.ts';
import type { InstanceRow } from '../../client/rows.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { representInstance, representInstanceSummary } from '../../model/representation.ts';
import { wholeNumber, type Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';

/** `itask list` and `itask show`. */
export function addInstances(root: Root): void {
  root
    .command('list')
    .description('the instances, newest first; a second or so behind the truth')
    .option('--name <name>', 'those of this name')
    .option('--project <id>', 'those of this project')
    .option('--state <vm_state>', 'those in this vm_state')
    .option('--host <name>', 'those on this host')
    .option('--deleted', 'deleted ones too, as long as Temporal keeps them')
    .option('--limit <number>', 'so many at most', wholeNumber(1), 1_000)
    .action((options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { name, project, state, host, deleted, limit } = options;
        const filter: InstanceFilter = {
          ...(name !== undefined && { name }),
          ...(project !== undefined && { projectId: project }),
          ...(state !== undefined && { vmState: state }),
          ...(host !== undefined && { host }),
          ...(deleted !== undefined && { deleted }),
        };
        await list(session, filter, limit);
      }),
    );

  root
    .command('show')
    .description('one instance')
    .argument('<instance>', 'name or id')
    .action((nameOrId, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        await show(session, await client.get(await client.resolve(nameOrId)));
      }),
    );
}

async function list(session: Session, filter: InstanceFilter, limit: number): Promise<void> {
  const { output, viewer } = session;
  const { rows, more } = await readPages(await session.client(), filter, limit);
  const { instanceTable } = await import('../text/instances.ts');
  output.print(
    rows.map((row) => representInstanceSummary(row, viewer)),
    () => instanceTable(rows, output.colors),
  );
  if (more) output.note(`There are more: --limit takes more than ${limit}.`);
}

/** The rows of as many pages as it takes. */
async function readPages(client: InstanceTasks, filter: InstanceFilter, limit: number) {
  const rows: InstanceRow[] = [];
  let page: string | null = null;
  do {
    const size = Math.min(1_000, limit - rows.length);
    const found = await client.list({ ...filter, limit: size, ...(page !== null && { page }) });
    rows.push(...found.rows);
    page = found.next;
  } while (page !== null && rows.length < limit);
  return { rows, more: page !== null };
}

/** Prints one instance. */
export async function show({ output, viewer }: Session, instance: InstanceRecord): Promise<void> {
  const { instanceText } = await import('../text/instances.ts');
  output.print(representInstance(instance, viewer), () => instanceText(instance, output.colors));
}
