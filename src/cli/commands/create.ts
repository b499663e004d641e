import { checkRequest } from '../check-request.ts';
import {
  afterOption,
  atOption,
  keyOption,
  keyValue,
  noWaitOption,
  reasonOption,
  toSubmitOptions,
  type Root,
} from '../options.ts';
import { inSession } from '../session.ts';

/** `itask create`. */
export function addCreate(root: Root): void {
  root
    .command('create')
    .description('make a new instance and start it')
    .argument('<name>', 'what people call it; need not be unique')
    .requiredOption('--flavor <name>', 'its size, a name of the catalogue')
    .requiredOption('--image <name>', 'what its disk is made from')
    .option('--host <name>', 'the only host that will do')
    .option('--network <name...>', 'an interface on each of these, beside the first one')
    .option('--description <text>', 'what it is for')
    .option('--metadata <key=value...>', 'what people and programs note of it', keyValue)
    .option('--tag <word...>', 'what it is found by')
    .option('--key <name>', 'the key pair that lets its owner log in: see `itask keys`')
    .option('--user-data <file>', 'what cloud-init sets the guest up by; sealed before it leaves this command')
    .option('--hostname <name>', 'what the guest calls itself; made of its name where absent')
    .option('--config-drive', 'a config drive also where nothing is given that needs one')
    .option('--project <id>', 'the project that owns it')
    .option('--user <id>', 'the user who owns it; the actor where absent')
    .addOption(reasonOption())
    .addOption(keyOption())
    .addOption(atOption())
    .addOption(afterOption())
    .addOption(noWaitOption())
    .action((name, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const {
          flavor,
          image,
          host,
          network: networks,
          description,
          metadata,
          tag: tags,
          key: keyName,
          userData,
          hostname,
          configDrive,
          project,
          user,
          wait,
        } = options;
        const { readBytes } = await import('../input.ts');
        const noted = {
          ...(networks && { networks: networks.map((network) => ({ network })) }),
          ...(description !== undefined && { description }),
          ...(metadata && { metadata }),
          ...(tags && { tags }),
          ...(keyName !== undefined && { key: keyName }),
          ...(userData !== undefined && { userData: (await readBytes(userData)).toString('base64') }),
          ...(hostname !== undefined && { hostname }),
          ...(configDrive === true && { configDrive }),
        };
        const instance = { name, flavor, image, ...(host !== undefined && { host }), ...noted };
        const asked = toSubmitOptions(options);
        await checkRequest(session, 'create', instance, asked);
        const client = await session.client();
        const task = await client.create(instance, {
          ...asked,
          ...(project !== undefined && { projectId: project }),
          ...(user !== undefined && { userId: user }),
        });
        const { follow } = await import('../live/follow.ts');
        await follow(session, task, { wait });
      }),
    );
}
