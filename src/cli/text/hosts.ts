import type { Debt, Fencing, HostRecord } from '../../model/host.ts';
import { resourcesText } from '../../model/placement.ts';
import type { Colors } from '../../dev/colors.ts';
import { properties, table, type Column } from './table.ts';

/** Hosts as a table. */
export function hostTable(hosts: readonly HostRecord[], colors: Colors): string {
  const columns: Column<HostRecord>[] = [
    { head: 'NAME', cell: ({ name }) => name },
    {
      head: 'SERVING',
      cell: (host) => servingText(host),
      paint: ({ serving }) => (serving ? colors.green : colors.yellow),
    },
    { head: 'MAINTENANCE', cell: ({ maintenance }) => (maintenance ? 'yes' : 'no') },
    { head: 'VCPUS FREE', cell: ({ free, capacity }) => `${free.vcpus}/${capacity.vcpus}`, align: 'right' },
    { head: 'MEMORY FREE MB', cell: ({ free, capacity }) => `${free.memoryMb}/${capacity.memoryMb}`, align: 'right' },
    { head: 'DISK FREE GB', cell: ({ free, capacity }) => `${free.diskGb}/${capacity.diskGb}`, align: 'right' },
    { head: 'CLAIMS', cell: ({ claims }) => claims.length, align: 'right' },
    { head: 'DEBTS', cell: ({ debts }) => debts.length, align: 'right' },
  ];
  return hosts.length === 0
    ? 'There are no hosts: itask worker --host NAME serves one.'
    : table(columns, hosts, colors);
}

/** Whether it grants claims, and if not, why. */
export function servingText({ serving, up, settling, maintenance, fenced }: HostRecord): string {
  if (serving) return 'yes';
  if (fenced) return up ? 'no: fenced, and not rid of what has left it' : 'no: fenced';
  if (!up) return 'no: no worker';
  if (settling) return 'no: pays its debts';
  return maintenance ? 'no: maintenance' : 'no';
}

/** One host, and what it owes. */
export function hostText(host: HostRecord, colors: Colors): string {
  const { name, up, maintenance, epoch, free, capacity, claims, debts, fenced, task, traits } = host;
  const { strays = [], peers } = traits ?? {};
  const lines = properties(
    [
      ['name', name],
      ['up', up ? 'yes' : 'no'],
      ['serving', servingText(host)],
      ['maintenance', maintenance ? 'yes' : 'no'],
      ['fenced', fenced ? fencingText(fenced) : 'no'],
      ['epoch', epoch],
      ['free', `${resourcesText(free)}, of ${resourcesText(capacity)}`],
      ['task', task ? `${task.kind}, itask hosts task ${name}` : 'none'],
      ['guests go to', peers === undefined ? 'all hosts that name none' : peers.join(', ') || 'no other host'],
      ['claims', claims.length],
      ['debts', debts.length],
      ['strays', strays.length === 0 ? 'none' : strays.join(', ')],
    ],
    colors,
  );
  return debts.length === 0 ? lines : `${lines}\n\n${debtTable(debts, colors)}`;
}

function debtTable(debts: readonly Debt[], colors: Colors): string {
  const columns: Column<Debt>[] = [
    { head: 'OWES', cell: ({ unit }) => unit },
    { head: 'OF INSTANCE', cell: ({ purpose }) => purpose.instanceId },
    { head: 'SINCE', cell: ({ owedAt }) => owedAt },
    { head: 'BY TASK', cell: ({ purpose }) => purpose.taskId },
  ];
  return table(columns, debts, colors);
}

const fencingText = ({ at, actor, reason }: Fencing): string =>
  `since ${at}, by ${actor}${reason === null ? '' : ` (${reason})`}`;

/** What comes of declaring it fenced. */
export function fencedText({ name, fenced }: HostRecord): string {
  const count = fenced?.instances.length ?? 0;
  const instances = count === 1 ? 'One instance' : `${count} instances`;
  return (
    `${name} is fenced: nothing is sent to it until a worker of it comes back. ` +
    `${instances} had room there; itask hosts evacuate ${name} takes them away`
  );
}
