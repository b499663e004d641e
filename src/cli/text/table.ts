import Table from 'cli-table3';
import type { Colors } from '../../dev/colors.ts';
import { printable } from './printable.ts';

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'left-mid', 'mid-mid', 'right-mid', 'middle']
    .concat(['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'])
    .map((part) => [part, '']),
);
const style = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 };

type Cell = string | number | null;
/** How a cell is painted once its column is as wide as it must be. */
export type Paint = (text: string) => string;

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Cell;
  readonly paint?: (row: Row) => Paint;
  readonly align?: 'right';
}

/** Rows under one line of headings, without borders. What is null or empty is a dash. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], colors: Colors): string {
  const lines = new Table({
    head: columns.map(({ head }) => colors.bold(head)),
    chars: noBorders,
    style,
    colAligns: columns.map(({ align }) => align ?? 'left'),
  });
  for (const row of rows) lines.push(columns.map((column) => toCell(column, row, colors)));
  return trimmed(lines.toString());
}

/** Names and what they stand for, one a line. */
export function properties(entries: readonly (readonly [name: string, value: Cell])[], colors: Colors): string {
  const lines = new Table({ chars: noBorders, style });
  for (const [name, value] of entries) lines.push([colors.dim(name), toText(value)]);
  return trimmed(lines.toString());
}

function toCell<Row>({ cell, paint }: Column<Row>, row: Row, colors: Colors): string {
  const text = toText(cell(row));
  if (text === '-') return colors.dim(text);
  return paint?.(row)(text) ?? text;
}

const toText = (value: Cell): string => (value === null || value === '' ? '-' : printable(String(value)));

const trimmed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
