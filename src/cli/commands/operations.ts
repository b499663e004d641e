import type { Root } from '../options.ts';
import { inSession } from '../session.ts';

/** `itask operations`. */
export function addOperations(root: Root): void {
  root
    .command('operations')
    .description('what can be done with instances, and the units of work that it is done by')
    .argument('[operation]', 'one of them, with its input, steps, deadlines and undo')
    .option('--units', 'the units of work only')
    .option('--faults', 'the faults that tasks end with, and what they mean')
    .action((name, { units = false, faults = false }, command) =>
      inSession(command.optsWithGlobals(), async ({ output }) => {
        const show = await import('../show-operations.ts');
        if (name !== undefined) show.printOperation(output, name);
        else if (units) show.printUnits(output);
        else if (faults) show.printFaults(output);
        else show.printOperations(output);
      }),
    );
}
