import {
  representInstanceAction,
  representInstanceActionDetail,
  representInstanceFault,
} from '../../model/representation.ts';
import type { Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';

/** `itask actions` and `itask faults`: Nova's views of what became of an instance. */
export function addHistory(root: Root): void {
  root
    .command('actions')
    .description("Nova's instance actions, newest first; with a request id one of them with its events")
    .argument('<instance>', 'name or id')
    .argument('[request-id]', 'req-…')
    .action((instance, requestId, _options, command) =>
      inSession(command.optsWithGlobals(), (session) =>
        requestId === undefined ? printActions(session, instance) : printAction(session, instance, requestId),
      ),
    );

  root
    .command('faults')
    .description('why tasks of an instance failed, newest first')
    .argument('<instance>', 'name or id')
    .action((instance, _options, command) =>
      inSession(command.optsWithGlobals(), (session) => printFaults(session, instance)),
    );
}

async function printActions(session: Session, instance: string): Promise<void> {
  const { output } = session;
  const client = await session.client();
  const actions = await client.instanceActions(await client.resolve(instance));
  const { actionTable } = await import('../text/history.ts');
  output.print(actions.map(representInstanceAction), () => actionTable(actions, output.colors));
}

async function printAction(session: Session, instance: string, requestId: string): Promise<void> {
  const { output, viewer } = session;
  const client = await session.client();
  const action = await client.instanceAction(await client.resolve(instance), requestId, { admin: true });
  const { actionText } = await import('../text/history.ts');
  output.print(representInstanceActionDetail(action, viewer), () => actionText(action, output.colors, viewer));
}

async function printFaults(session: Session, instance: string): Promise<void> {
  const { output, viewer } = session;
  const client = await session.client();
  const faults = await client.faults(await client.resolve(instance), { admin: true });
  const { faultList } = await import('../text/history.ts');
  output.print(
    faults.map((fault) => representInstanceFault(fault, viewer)),
    () => faultList(faults, output.colors, viewer),
  );
}
