import type { HostRecord } from '../../model/host.ts';
import type { Colors } from '../../dev/colors.ts';
import { table, type Column } from './table.ts';

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
export function servingText({ serving, up, settling, maintenance }: HostRecord): string {
  if (serving) return 'yes';
  if (!up) return 'no: no worker';
  if (settling) return 'no: pays its debts';
  return maintenance ? 'no: maintenance' : 'no';
}
