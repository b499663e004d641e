import { wholeNumber, type Root } from '../options.ts';
import type { InstanceTasks } from '../../client/client.ts';
import type { ConsoleOptions } from '../../client/console.ts';
import { inSession, type Session } from '../session.ts';

/** `itask console`. */
export function addConsole(root: Root): void {
  root
    .command('console')
    .description('what the guest has written to its console')
    .argument('<instance>', 'name or id')
    .option('--lines <count>', 'so many of the newest lines', wholeNumber(1))
    .option('-f, --follow', 'go on with what comes, until Ctrl-C or until there is no console any more')
    .action((instance, { lines, follow }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const client = await session.client();
        const id = await client.resolve(instance);
        const options = lines === undefined ? {} : { lines };
        if (follow) return followUntilCtrlC(session, client, id, options);
        const output = await client.consoleOutput(id, options);
        session.output.print({ output }, () => output.trimEnd());
      }),
    );
}

/** Ctrl-C is how it ends, and no failure. */
async function followUntilCtrlC(
  { output }: Session,
  client: InstanceTasks,
  id: string,
  options: ConsoleOptions,
): Promise<void> {
  const leave = new AbortController();
  const abort = () => leave.abort();
  process.once('SIGINT', abort);
  try {
    for await (const text of client.followConsole(id, { ...options, signal: leave.signal })) {
      if (output.json) output.printLine({ output: text });
      else process.stdout.write(text);
    }
  } finally {
    process.off('SIGINT', abort);
  }
}
