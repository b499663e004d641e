import { wholeNumber, type Root } from '../options.ts';
import { inSession } from '../session.ts';

/** `itask console`. */
export function addConsole(root: Root): void {
  root
    .command('console')
    .description('what the guest has written to its console')
    .argument('<instance>', 'name or id')
    .option('--lines <count>', 'so many of the newest lines', wholeNumber(1))
    .action((instance, { lines }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        const output = await client.consoleOutput(await client.resolve(instance), lines === undefined ? {} : { lines });
        session.output.print({ output }, () => output.trimEnd());
      }),
    );
}
