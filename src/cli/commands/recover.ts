import type { Root } from '../options.ts';
import { inSession } from '../session.ts';
import { show } from './instances.ts';

/** `itask recover`. */
export function addRecover(root: Root): void {
  root
    .command('recover')
    .description('bring back an instance whose workflow was terminated or lost, with all that its last run knew')
    .argument('<instance>', 'name or id')
    .addHelpText('after', '\nAn undo that failed for good is another matter: itask task retry, itask task skip.')
    .action((nameOrId, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        await show(session, await client.rebuild(await client.resolve(nameOrId)));
      }),
    );
}
