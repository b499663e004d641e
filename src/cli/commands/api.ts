import { text } from 'node:stream/consumers';
import type { ServeSettings } from '../../api/serve.ts';
import type { ApiConfiguration } from '../../dev/configuration.ts';
import { wholeNumber, type Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask api`, `itask api token`, `itask api hash`. */
export function addApi(root: Root): void {
  const group = root
    .command('api')
    .description('serve the HTTP API: tasks as resources, and Identity; until SIGINT or SIGTERM')
    .option('--ip <address>', 'where to listen, instead of what the configuration says')
    .option('--port <number>', 'the same for the port; 0 for any that is free', wholeNumber(0))
    .action(({ ip, port }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const configured = await apiConfiguration(session);
        await serve(session, { ...configured, ...(ip !== undefined && { ip }), ...(port !== undefined && { port }) });
      }),
    );
  group
    .command('token')
    .description('print a token of a user of the identities, to try the API with')
    .argument('<user>', 'name')
    .option('--project <name>', 'for a user who has several')
    .action((user, { project }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const token = await issueToken(session, user, project);
        session.output.print({ token }, () => token);
      }),
    );
  group
    .command('hash')
    .description('print how a password, read from standard input, is kept in the file of identities')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async ({ output }) => {
        const password = (await text(process.stdin)).replace(/\r?\n$/, '');
        if (password === '') throw new UsageError('a password is read from standard input, and there was none');
        const { hashPassword } = await import('../../authentication/password.ts');
        const hash = await hashPassword(password);
        output.print({ hash }, () => hash);
      }),
    );
}

async function apiConfiguration(session: Session): Promise<ApiConfiguration> {
  const { api } = await session.requireConfiguration();
  if (api === null) throw new UsageError('the configuration has no section `api`');
  return api;
}

async function serve(session: Session, settings: ServeSettings): Promise<void> {
  const [{ serveApi, UnservableApi }, { InvalidIdentities }, { createLogger }] = await Promise.all([
    import('../../api/serve.ts'),
    import('../../authentication/identities.ts'),
    import('../../worker/logger.ts'),
  ]);
  const logger = createLogger();
  const secretKeys = await session.secretKeys();
  const served = await serveApi(await session.client(), settings, { logger, secretKeys }).catch((error: unknown) => {
    if (error instanceof UnservableApi || error instanceof InvalidIdentities) throw new UsageError(error.message);
    throw error;
  });
  logger.info({ url: served.url }, 'ready');
  await toldToEnd();
  await served.close();
  if (session.output.json) session.output.print({ url: served.url, state: 'ended' }, () => '');
}

function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
}

/** Whoever holds the secret keys may come as anybody: an operator. */
async function issueToken(session: Session, name: string, projectName: string | undefined): Promise<string> {
  const { identities: file, tokenHours } = await apiConfiguration(session);
  if (file === null) throw new UsageError('the configuration names no identities: tokens are those of the provider');
  const [{ Identities }, { sessionTokens }] = await Promise.all([
    import('../../authentication/identities.ts'),
    import('../../api/serve.ts'),
  ]);
  const identities = await Identities.read(file);
  const user = identities.findUser({ name });
  if (user === undefined) throw new UsageError(`there is no user "${name}" in ${file}`);
  const own = identities.projectsOf(user.id);
  const project = own.find((each) => projectName === undefined || each.name === projectName);
  const isClear = projectName !== undefined || own.length === 1;
  if (project === undefined || !isClear) {
    throw new UsageError(`say --project: ${name} has ${own.map((each) => each.name).join(', ') || 'none'}`);
  }
  const tokens = sessionTokens(identities, await session.secretKeys(), tokenHours);
  const issued = await tokens.issue({
    userId: user.id,
    projectId: project.id,
    methods: ['password'],
    roles: undefined,
  });
  if (issued === null) throw new UsageError(`${name} has no role in ${project.name}`);
  return issued.token;
}
