import type { Root } from '../options.ts';
import { inSession } from '../session.ts';
import { show } from './instances.ts';

const more = `
What a host has noted is as it was when the guest was last defined: by create, resize, rebuild, a HARD reboot and the like.
Names, tags and locks since then, tasks, and what was secret on a config drive are not known to it.

An undo that failed for good is another matter: itask task retry, itask task skip.`;

/** `itask recover`. */
export function addRecover(root: Root): void {
  root
    .command('recover')
    .description('bring back an instance whose workflow was terminated or lost, with all that its last run knew')
    .argument('<instance>', 'name or id')
    .option(
      '--from-host <host>',
      'from what its host has noted with its guest, for one that Temporal knows nothing of any more; by its id',
    )
    .addHelpText('after', more)
    .action((nameOrId, { fromHost }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        await show(session, await client.rebuild(await client.resolve(nameOrId), fromHost));
      }),
    );
}
