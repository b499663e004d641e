import { checkRequest } from '../check-request.ts';
import { exitCodes } from '../exit-codes.ts';
import { overrideLockOption, queueOption, toSubmitOptions, type Root } from '../options.ts';
import { inSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask plan`. */
export function addPlan(root: Root): void {
  root
    .command('plan')
    .description(
      'say what an operation would do to an instance, without doing anything; exit code 3: it could not start',
    )
    .argument('<operation>', 'one that `itask operations` prints')
    .argument('<instance>', 'name or id')
    .option('--set <key=value...>', 'a part of the input, as for `itask run`')
    .option('--input <json>', 'the input: JSON, @FILE or - for standard input; --set is laid over it')
    .addOption(queueOption())
    .addOption(overrideLockOption())
    .action((operation, instance, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        if (operation === 'create') throw new UsageError('create makes a new instance: there is none to plan for');
        const [{ readInput }, { representPlan }, { planText }] = await Promise.all([
          import('../input.ts'),
          import('../../operations/plan-representation.ts'),
          import('../text/plan.ts'),
        ]);
        const input = await readInput(options.input, options.set ?? []);
        await checkRequest(session, operation, input);
        const client = await session.client();
        const instanceId = await client.resolve(instance);
        const plan = await client.planRequest(
          operation,
          instanceId,
          input,
          toSubmitOptions({ queue: options.queue, overrideLock: options.overrideLock }),
        );
        const { output, viewer } = session;
        output.print(representPlan(plan, viewer), () => planText(plan, output.colors));
        if (!plan.couldStart) process.exitCode = exitCodes.refused;
      }),
    );
}
