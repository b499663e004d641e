import { Option } from '@commander-js/extra-typings';
import type { Configuration } from '../../dev/configuration.ts';
import type { ServedHost } from '../../worker/run.ts';
import { wholeNumber, type Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask worker`. */
export function addWorker(root: Root): void {
  root
    .command('worker')
    .description(
      'do the work: of the control plane, of hosts of the configuration, or of both; until SIGINT or SIGTERM',
    )
    .option('--control', 'run the workflows and what needs no host')
    .option('--host <name...>', 'serve these hosts of the configuration')
    .option('--metrics <address>', "where Prometheus may read the SDK's and the tasks' metrics, such as 127.0.0.1:9464")
    .addOption(
      new Option('--max-cached-workflows <number>', 'workflows kept in memory; 0 replays at every step')
        .env('ITASK_MAX_CACHED_WORKFLOWS')
        .argParser(wholeNumber(0)),
    )
    .option(
      '--power-state-interval <seconds>',
      'how often to look what guests do by themselves; every 3 s where absent',
      wholeNumber(1),
    )
    .option('--fault-rules <folder>', 'heed the rules of `itask fault` in the control plane, too: for development')
    .option('--deployment <name>', 'Worker Versioning: name of the deployment; tasks end on the build that began them')
    .option('--build-id <id>', 'Worker Versioning: which build of the deployment this is')
    .action((options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const {
          control = false,
          host: names = [],
          metrics,
          maxCachedWorkflows,
          faultRules,
          powerStateInterval,
        } = options;
        if (!control && names.length === 0) throw new UsageError('name what to serve: --control, --host NAME, or both');
        const deployment = toDeployment(options.deployment, options.buildId);
        const hosts = names.length === 0 ? [] : servedHosts(await session.requireConfiguration(), names);
        const { runWorkers } = await import('../../worker/run.ts');
        await runWorkers({
          control,
          hosts,
          connect: await session.connectOptions(),
          secretKeys: await session.secretKeys(),
          ...(metrics !== undefined && { metricsAddress: metrics }),
          ...(maxCachedWorkflows !== undefined && { maxCachedWorkflows }),
          ...(powerStateInterval !== undefined && { powerStateIntervalMs: powerStateInterval * 1_000 }),
          ...(faultRules !== undefined && { faultRules }),
          ...(deployment !== undefined && { deployment }),
        });
        report(session, control, names);
      }),
    );
}

/** The log is on standard error; for a program this is the one document. */
function report({ output }: Session, control: boolean, hosts: readonly string[]): void {
  if (output.json) output.print({ control, hosts, state: 'ended' }, () => '');
}

function toDeployment(name: string | undefined, buildId: string | undefined) {
  if (name === undefined && buildId === undefined) return undefined;
  if (name === undefined || buildId === undefined) throw new UsageError('--deployment and --build-id go together');
  return { name, buildId };
}

/** The hosts of the configuration that have these names. */
function servedHosts({ hosts }: Configuration, names: readonly string[]): ServedHost[] {
  return names.map((name) => {
    const host = hosts.find((candidate) => candidate.name === name);
    if (host !== undefined) return host;
    const known = hosts.map((candidate) => candidate.name).join(', ');
    throw new UsageError(`the configuration has no host "${name}", only ${known}`);
  });
}
