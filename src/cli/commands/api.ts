import type { ServeSettings } from '../../api/serve.ts';
import { wholeNumber, type Root } from '../options.ts';
import { inSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask api`. */
export function addApi(root: Root): void {
  const group = root
    .command('api')
    .description('serve the HTTP API: tasks as resources, and Identity; until SIGINT or SIGTERM');
  group
    .option('--ip <address>', 'where to listen, instead of what the configuration says')
    .option('--port <number>', 'the same for the port; 0 for any that is free', wholeNumber(0))
    .action(({ ip, port }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { api } = await session.requireConfiguration();
        if (api === null) throw new UsageError('the configuration has no section `api`');
        const settings: ServeSettings = {
          ...api,
          ...(ip !== undefined && { ip }),
          ...(port !== undefined && { port }),
        };
        const [{ serveApi, UnservableApi }, { InvalidIdentities }, { createLogger }] = await Promise.all([
          import('../../api/serve.ts'),
          import('../../authentication/identities.ts'),
          import('../../worker/logger.ts'),
        ]);
        const logger = createLogger();
        const secretKeys = await session.secretKeys();
        const served = await serveApi(await session.client(), settings, { logger, secretKeys }).catch(
          (error: unknown) => {
            if (error instanceof UnservableApi || error instanceof InvalidIdentities)
              throw new UsageError(error.message);
            throw error;
          },
        );
        logger.info({ url: served.url }, 'ready');
        await ended();
        await served.close();
        if (session.output.json) session.output.print({ url: served.url, state: 'ended' }, () => '');
      }),
    );
}

/** When the process is told to end. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
}
