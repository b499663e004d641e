import { Option } from '@commander-js/extra-typings';
import type { FaultRule, NewFaultRule } from '../../../activities/drivers/simulated/fault-rules.ts';
import { wholeNumber, type Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';
import { toMisbehaviour } from '../misbehaviour.ts';
import { UsageError } from '../usage-error.ts';

const ways = ['fail', 'failTimes', 'hang', 'delay', 'die', 'repeat', 'ignore', 'dirty'];
/** An option that says how to misbehave: there is one of them. */
const way = (flags: string, description: string, own: string) =>
  new Option(flags, description).conflicts(ways.filter((name) => name !== own));

const createGroup = (root: Root) =>
  root.command('fault').description('have units of simulated hosts and of the control plane misbehave, while they run');

/** `itask fault`. */
export function addFault(root: Root): void {
  const group = createGroup(root);
  addSet(group);

  group
    .command('clear')
    .description('set it right: one rule, those that the options match, or all; units that hang go on')
    .argument('[id]', 'of the rule')
    .option('--host <name>', 'rules for this host')
    .option('--unit <name>', 'rules for this unit or operation')
    .option('--instance <instance>', 'rules for this instance, by name or id')
    .action((id, { host, unit, instance }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const directory = await session.requireSimulation();
        const { clearFaultRules } = await import('../../../activities/drivers/simulated/fault-rules.ts');
        const cleared = await clearFaultRules(directory, {
          ...(id !== undefined && { id }),
          ...(host !== undefined && { host }),
          ...(unit !== undefined && { unit }),
          ...(instance !== undefined && { instance: await resolve(session, instance) }),
        });
        if (id !== undefined && cleared.length === 0) {
          const { NotFoundError } = await import('../../client/errors.ts');
          throw new NotFoundError(`there is no rule ${id}`);
        }
        await print(session, cleared, 'Nothing was set.');
      }),
    );

  group
    .command('list')
    .description('the rules that are set, oldest first')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const directory = await session.requireSimulation();
        const { listFaultRules } = await import('../../../activities/drivers/simulated/fault-rules.ts');
        await print(session, await listFaultRules(directory), 'Nothing is set: all units behave.');
      }),
    );
}

function addSet(group: ReturnType<typeof createGroup>): void {
  group
    .command('set')
    .description('set a rule; the next unit to begin heeds it')
    .requiredOption('--unit <name>', 'a unit, or an operation for all units that it runs: itask operations')
    .option('--step <name>', 'in this step of an operation only')
    .option('--host <name>', 'on this host only')
    .option('--instance <instance>', 'for this instance only, by name or id')
    .addOption(
      new Option('--direction <direction>', 'only when it does a step, takes one back, or looks').choices([
        'run',
        'undo',
        'check',
      ] as const),
    )
    .addOption(way('--fail <permanent>', 'fail for good, each time', 'fail').choices(['permanent'] as const))
    .addOption(way('--fail-times <number>', 'fail so many times', 'failTimes').argParser(wholeNumber(1)))
    .addOption(way('--hang', 'do nothing and show no progress until cleared', 'hang'))
    .addOption(way('--delay <duration>', 'take that much longer, or until cleared: 500ms, 2s, 1m', 'delay'))
    .addOption(way('--die <moment>', 'kill the worker, once', 'die').choices(['before', 'after'] as const))
    .addOption(way('--repeat', 'deliver it three times, two of them at once', 'repeat'))
    .addOption(way('--ignore', 'have the guest ignore being asked to shut down or reboot', 'ignore'))
    .addOption(
      way('--dirty <rate>', 'have the guest write its memory so many times as fast as it is copied', 'dirty').argParser(
        Number,
      ),
    )
    .addOption(
      new Option('--moment <moment>', 'with --fail and --fail-times: before the effect or after it')
        .choices(['before', 'after'] as const)
        .default('before' as const),
    )
    .action((options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { unit, step, host, instance, direction } = options;
        const misbehaviour = await toMisbehaviour(options);
        const directory = await session.requireSimulation();
        await set(session, directory, {
          unit,
          misbehaviour,
          ...(step !== undefined && { step }),
          ...(host !== undefined && { host }),
          ...(direction !== undefined && { direction }),
          ...(instance !== undefined && { instance: await resolve(session, instance) }),
        });
      }),
    );
}

async function set(session: Session, directory: string, rule: NewFaultRule): Promise<void> {
  const [{ InvalidFaultRule, setFaultRule }, { operations }, { units }] = await Promise.all([
    import('../../../activities/drivers/simulated/fault-rules.ts'),
    import('../../operations/index.ts'),
    import('../../operations/units/index.ts'),
  ]);
  if (!Object.hasOwn(operations, rule.unit) && !Object.hasOwn(units, rule.unit)) {
    const known = [...Object.keys(units), ...Object.keys(operations)].join(', ');
    throw new UsageError(`no unit and no operation is called "${rule.unit}", only ${known}`);
  }
  const known = await setFaultRule(directory, rule, Object.keys(operations)).catch((error: unknown) => {
    throw error instanceof InvalidFaultRule ? new UsageError(error.message, { cause: error }) : error;
  });
  const { faultRuleTable, representFaultRule } = await import('../text/fault-rules.ts');
  const { output } = session;
  output.print(representFaultRule(known), () => faultRuleTable([known], output.colors));
}

async function print({ output }: Session, rules: readonly FaultRule[], none: string): Promise<void> {
  const { faultRuleTable, representFaultRule } = await import('../text/fault-rules.ts');
  output.print(rules.map(representFaultRule), () => (rules.length === 0 ? none : faultRuleTable(rules, output.colors)));
}

/** Only a name needs Temporal to be resolved. */
async function resolve(session: Session, instance: string): Promise<string> {
  const { validate } = await import('uuid');
  return validate(instance) ? instance.toLowerCase() : (await session.client()).resolve(instance);
}
