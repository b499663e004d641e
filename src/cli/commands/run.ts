import { checkRequest } from '../check-request.ts';
import {
  afterOption,
  atOption,
  keyOption,
  noWaitOption,
  overrideLockOption,
  queueOption,
  reasonOption,
  toSubmitOptions,
  type Root,
} from '../options.ts';
import { inSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask run`. */
export function addRun(root: Root): void {
  root
    .command('run')
    .description('run an operation on an instance, and wait for its end')
    .argument('<operation>', 'one that `itask operations` prints')
    .argument('<instance>', 'name or id')
    .option('--set <key=value...>', 'a part of the input: flavor=m1.small, flavor.vcpus=2; the value is JSON or a text')
    .option('--input <json>', 'the input: JSON, @FILE or - for standard input; --set is laid over it')
    .addOption(reasonOption())
    .addOption(keyOption())
    .addOption(queueOption())
    .addOption(overrideLockOption())
    .addOption(atOption())
    .addOption(afterOption())
    .addOption(noWaitOption())
    .action((operation, instance, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        if (operation === 'create') throw new UsageError('create makes a new instance: itask create NAME');
        const { readInput } = await import('../input.ts');
        const input = await readInput(options.input, options.set ?? []);
        const asked = toSubmitOptions(options);
        await checkRequest(session, operation, input, asked);
        const client = await session.client();
        const instanceId = await client.resolve(instance);
        const task = await client.request(operation, instanceId, input, asked);
        const { follow } = await import('../live/follow.ts');
        await follow(session, task, { wait: options.wait });
      }),
    );
}
