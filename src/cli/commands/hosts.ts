import { representHost } from '../../model/host-representation.ts';
import type { Root } from '../options.ts';
import { inSession } from '../session.ts';

/** `itask hosts`. */
export function addHosts(root: Root): void {
  root
    .command('hosts')
    .description('the hosts: whether they serve, what is free, what they owe')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output } = session;
        const client = await session.client();
        const hosts = await client.hosts();
        const { hostTable } = await import('../text/hosts.ts');
        output.print(hosts.map(representHost), () => hostTable(hosts, output.colors));
      }),
    );
}
