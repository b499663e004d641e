import type { Colors } from '../../dev/colors.ts';
import { table, type Column } from './table.ts';

/** A volume, as it is represented. */
interface VolumeRow {
  readonly id: string;
  readonly size_gb: number;
  readonly instance_id: string | null;
}

/** Volumes as a table. */
export function volumeTable(volumes: readonly VolumeRow[], colors: Colors): string {
  const columns: Column<VolumeRow>[] = [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'SIZE', cell: ({ size_gb: size }) => `${size} GB`, align: 'right' },
    { head: 'INSTANCE', cell: ({ instance_id: instanceId }) => instanceId },
  ];
  return volumes.length === 0 ? 'There are no volumes.' : table(columns, volumes, colors);
}
