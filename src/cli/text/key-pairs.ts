import type { Colors } from '../../dev/colors.ts';
import type { KeyPair } from '../../model/key-pair.ts';
import { table, type Column } from './table.ts';
import { moment } from './time.ts';

/** Key pairs as a table. */
export function keyPairTable(pairs: readonly KeyPair[], colors: Colors): string {
  const columns: Column<KeyPair>[] = [
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'TYPE', cell: ({ type }) => type },
    { head: 'FINGERPRINT', cell: ({ fingerprint }) => fingerprint },
    { head: 'CREATED', cell: ({ createdAt }) => moment(createdAt) },
  ];
  return pairs.length === 0 ? 'There are no key pairs.' : table(columns, pairs, colors);
}
