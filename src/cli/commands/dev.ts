import type { DevStatus } from '../../dev/dev-server.ts';
import type { Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';

/** `itask dev`: the Temporal server of a development set-up, and nothing else of it. */
export function addDev(root: Root): void {
  const group = root.command('dev').description('the development server that the configuration declares');

  group
    .command('up')
    .description('start Temporal and make its namespace right; it stays when this command ends')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const configuration = await session.requireConfiguration();
        const { devUp } = await import('../../dev/dev-server.ts');
        print(session, await devUp(configuration, { report: (line) => session.output.note(line) }));
      }),
    );

  group
    .command('down')
    .description('end it; what it keeps stays')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const configuration = await session.requireConfiguration();
        const { devDown } = await import('../../dev/dev-server.ts');
        const wasRunning = await devDown(configuration, { report: (line) => session.output.note(line) });
        const text = wasRunning ? 'Temporal has ended.' : 'Temporal was not running.';
        session.output.print({ state: 'stopped', was_running: wasRunning }, () => text);
      }),
    );

  group
    .command('status')
    .description('tell how it is')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const configuration = await session.requireConfiguration();
        const { devStatus } = await import('../../dev/dev-server.ts');
        print(session, await devStatus(configuration));
      }),
    );
}

function print({ output }: Session, status: DevStatus): void {
  output.print(represent(status), () => text(status));
}

const represent = (status: DevStatus) => ({
  state: status.state,
  address: status.address,
  ui_url: status.uiUrl,
  pid: status.pid,
  version: status.version,
  since: status.since,
  started_by: status.startedBy,
  database: status.database,
  log: status.log,
  namespace: status.namespace,
  retention_days: status.retentionDays,
  missing_search_attributes: status.missingSearchAttributes,
  wrong_search_attributes: status.wrongSearchAttributes,
  remark: status.remark,
});

function text(status: DevStatus): string {
  const { state, address, uiUrl, pid, version, startedBy, namespace, database, log, remark } = status;
  const problems = [
    ...status.wrongSearchAttributes,
    ...(status.missingSearchAttributes.length === 0
      ? []
      : [`search attributes are missing: ${status.missingSearchAttributes.join(', ')}; itask dev up adds them`]),
  ];
  const running = [
    `Temporal ${version ?? ''} is ${state} at ${address}, process ${pid ?? '?'}, started by ${startedBy ?? '?'}.`,
    `  namespace  ${namespace}`,
    `  Web UI     ${uiUrl}`,
  ];
  return [
    ...(pid === null ? [`Temporal is ${state}. itask dev up starts it at ${address}.`] : running),
    `  database   ${database}`,
    `  log        ${log}`,
    ...[...problems, ...(remark === null ? [] : [remark])].map((line) => `  ${line}`),
  ].join('\n');
}
