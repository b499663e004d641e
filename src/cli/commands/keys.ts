import { representKeyPair } from '../../model/guest-representation.ts';
import { readBytes } from '../input.ts';
import type { Root } from '../options.ts';
import { inSession, type Session } from '../session.ts';

/** `itask keys`. */
export function addKeys(root: Root): void {
  const group = root.command('keys').description('key pairs of a user, which let owners log in to new instances');
  const userOption = ['--user <id>', 'whose; those of the actor where absent'] as const;

  group
    .command('list')
    .description('all of them')
    .option(...userOption)
    .action(({ user }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const [pairs, { keyPairTable }] = await Promise.all([
          (await keysOf(session, user)).list(),
          import('../text/key-pairs.ts'),
        ]);
        session.output.print(pairs.map(representKeyPair), () => keyPairTable(pairs, session.output.colors));
      }),
    );

  group
    .command('import')
    .description('keep a public key under a name')
    .argument('<name>', 'what `itask create --key` takes')
    .argument('<file>', 'such as ~/.ssh/id_ed25519.pub')
    .option(...userOption)
    .action((name, file, { user }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const publicKey = (await readBytes(file)).toString('utf8');
        const pair = await (await keysOf(session, user)).import(name, publicKey.trim());
        session.output.print(
          representKeyPair(pair),
          () => `${pair.name} is kept, its fingerprint is ${pair.fingerprint}`,
        );
      }),
    );

  group
    .command('generate')
    .description('make a key pair: its private half is printed, and kept nowhere')
    .argument('<name>', 'what `itask create --key` takes')
    .option(...userOption)
    .action((name, { user }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { privateKey, ...pair } = await (await keysOf(session, user)).generate(name);
        session.output.print({ ...representKeyPair(pair), private_key: privateKey }, () => privateKey.trimEnd());
      }),
    );

  group
    .command('delete')
    .description('forget a key pair; instances that were given it keep it')
    .argument('<name>')
    .option(...userOption)
    .action((name, { user }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        await (await keysOf(session, user)).remove(name);
        session.output.print({ name, deleted: true }, () => `${name} is gone`);
      }),
    );
}

const keysOf = async (session: Session, user: string | undefined) =>
  (await session.client()).keyPairs(user ?? session.actor);
