import type { Root } from '../options.ts';
import { inSession } from '../session.ts';

/** `itask doctor`. */
export function addDoctor(root: Root): void {
  root
    .command('doctor')
    .description('what is installed, reachable and registered; what is wrong, and the fix')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { examineAndReport } = await import('../doctor/report.ts');
        await examineAndReport(session);
      }),
    );
}
