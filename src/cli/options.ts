/** The options of the program and those that several commands share. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { SubmitOptions } from '../client/submit.ts';

const epilogue = `
Whoever uses this command reaches Temporal directly and so is an operator: it shows on which hosts things run. Original
messages of hypervisors and stack traces come with --admin. Temporal is found by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_PROFILE and all else that Temporal's own tools heed; then by the configuration file; then at localhost:7233.

With -o json standard output is exactly one JSON document (task watch: one per line). An error is one, too:
{"error":{"code","message","hints",...}}; the sentence for people is on standard error in any case.

Exit codes: 0 done; 1 the task failed or was aborted; 2 usage or invalid input; 3 refused, instance busy or wrong state;
4 not found; 5 Temporal or a worker cannot be reached; 70 a mistake of this program; 130 detached by Ctrl-C, the task
goes on.
`;

/** The program without its commands. They inherit its settings, and its options may also stand behind theirs. */
export const createRoot = () =>
  new Command('itask')
    .description('Instances whose every change is a durable task.')
    .addOption(
      new Option('-o, --output <format>', 'how to print what is asked for')
        .choices(['table', 'json'] as const)
        .default('table' as const),
    )
    .option('--address <host:port>', 'where Temporal is')
    .option('--namespace <name>', "Temporal's namespace")
    .option('--profile <name>', "profile of Temporal's own configuration file")
    .addOption(new Option('--actor <name>', 'who asks; the user of the system by default').env('ITASK_ACTOR'))
    .addOption(
      new Option(
        '--config <file>',
        'flavors, images, hosts and development server; temporal-dev.yml here, where there is one',
      ).env('ITASK_CONFIG'),
    )
    .option('--admin', 'show original messages and stack traces')
    .addHelpText('after', epilogue)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride();

export type Root = ReturnType<typeof createRoot>;
export type GlobalOptions = ReturnType<Root['opts']>;

export const reasonOption = () => new Option('--reason <text>', 'why; kept with the task, shown and searchable');
export const keyOption = () =>
  new Option(
    '--idempotency-key <key>',
    'the same key again finds the same task, so that the request can be repeated when no answer came',
  );
export const noWaitOption = () => new Option('--no-wait', 'print the task at once and let it run');
export const queueOption = () =>
  new Option('--queue', 'wait for one’s turn where a running task would make the request fail');

export const overrideLockOption = () => new Option('--override-lock', 'take no notice of a lock of the instance');
export const atOption = () =>
  new Option('--at <time>', 'not before: 2026-01-31T22:00Z, or how long from now, 30s, 10m, 2h; it waits in the queue');
export const afterOption = () =>
  new Option('--after <task>', 'not before that task, of any instance, has completed; fails when it does not');

/** Options of a request as the client takes them. */
export const toSubmitOptions = (options: {
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly queue?: true | undefined;
  readonly overrideLock?: true | undefined;
  readonly at?: string | undefined;
  readonly after?: string | undefined;
}): SubmitOptions => ({
  ...(options.reason !== undefined && { reason: options.reason }),
  ...(options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey }),
  ...(options.queue !== undefined && { queue: options.queue }),
  ...(options.overrideLock !== undefined && { overrideLock: options.overrideLock }),
  ...(options.at !== undefined && { startAt: options.at }),
  ...(options.after !== undefined && { after: options.after }),
});

/** Parser of an option that is a whole number. */
export const wholeNumber =
  (from: number) =>
  (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= from && text.trim() !== '') return number;
    throw new InvalidArgumentError(`It takes a whole number, ${from} or more.`);
  };

/** `KEY=VALUE`, one of several. Throws `InvalidArgumentError`. */
export function keyValue(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('It takes KEY=VALUE.');
  return { ...others, [text.slice(0, separator)]: text.slice(separator + 1) };
}
