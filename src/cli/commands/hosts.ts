import { Argument } from '@commander-js/extra-typings';
import { representHost } from '../../model/host-representation.ts';
import { reasonOption, type Root } from '../options.ts';
import { createHostGroup, type HostGroup } from './host-group.ts';
import { addHostTasks } from './host-tasks.ts';
import { inSession } from '../session.ts';

/** `itask hosts`. */
export function addHosts(root: Root): void {
  const group = createHostGroup(root);
  addList(group);
  addShow(group);
  addFence(group);
  addMaintenance(group);
  addHostTasks(group);
}

function addList(group: HostGroup): void {
  group
    .command('list', { isDefault: true })
    .description('all of them')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output } = session;
        const hosts = await (await session.client()).hosts();
        const { hostTable } = await import('../text/hosts.ts');
        output.print(hosts.map(representHost), () => hostTable(hosts, output.colors));
      }),
    );
}

function addShow(group: HostGroup): void {
  group
    .command('show')
    .description('one host, with what it owes')
    .argument('<host>', 'name')
    .action((name, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output } = session;
        const host = await (await session.client()).host(name);
        const { hostText } = await import('../text/hosts.ts');
        output.print(representHost(host), () => hostText(host, output.colors));
      }),
    );
}

function addFence(group: HostGroup): void {
  group
    .command('fence')
    .description('declare a host dead for good, its power cut: its instances can be evacuated then')
    .argument('<host>', 'name')
    .addOption(reasonOption())
    .option('--force', 'also when a worker of it is alive: it is cut off all the same')
    .action((name, { reason, force = false }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output, actor } = session;
        const client = await session.client();
        const host = await client.fenceHost(name, { actor, force, ...(reason !== undefined && { reason }) });
        const { fencedText } = await import('../text/hosts.ts');
        output.print(representHost(host), () => fencedText(host));
      }),
    );
}

function addMaintenance(group: HostGroup): void {
  group
    .command('maintenance')
    .description('whether the host is in maintenance: it keeps its guests then, and gets no new ones')
    .argument('<host>', 'name')
    .addArgument(new Argument('<state>').choices(['on', 'off'] as const))
    .action((name, state, _options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { output } = session;
        const host = await (await session.client()).setMaintenance(name, state === 'on');
        const { servingText } = await import('../text/hosts.ts');
        output.print(
          representHost(host),
          () => `${name} is ${state === 'on' ? '' : 'not '}in maintenance; serving: ${servingText(host)}`,
        );
      }),
    );
}
