import Table from 'cli-table3';
import type { Figures, Measurement } from './measure.ts';
import { operations, type BenchOperation } from './measure.ts';

/** What the product is allowed to cost, as a multiple of the bare workflow. */
const targets: Record<BenchOperation, { readonly p50: number; readonly throughput: number }> = {
  reboot: { p50: 1.6, throughput: 0.6 },
  resize: { p50: 1.3, throughput: 0.7 },
};

/** The ratios of one operation, and whether they are within their targets. */
export function ratiosOf(operation: BenchOperation, { product, bare }: Measurement) {
  const target = targets[operation];
  const p50 = product[operation].p50 / bare[operation].p50;
  const throughput = product[operation].throughput / bare[operation].throughput;
  return { p50, throughput, target, met: p50 <= target.p50 && throughput >= target.throughput };
}

/** The figures of one measurement as a table. */
export function toTable(measurement: Measurement): string {
  const head = ['', 'p50 ms', 'p95 ms', 'per second', 'events', 'workflow tasks'];
  const table = new Table({
    head,
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  for (const operation of operations) {
    const ratios = ratiosOf(operation, measurement);
    table.push([operation, ...cells(measurement.product[operation])]);
    table.push(['  bare Temporal', ...cells(measurement.bare[operation])]);
    table.push([
      `  ratio (${ratios.met ? 'met' : 'MISSED'})`,
      `${ratios.p50.toFixed(2)} (≤ ${ratios.target.p50})`,
      '',
      `${ratios.throughput.toFixed(2)} (≥ ${ratios.target.throughput})`,
      '',
      '',
    ]);
  }
  const { show, instanceActions } = measurement.reads;
  return `${table.toString()}\nreads per second: show ${show.toFixed(0)}, instance actions ${instanceActions.toFixed(0)}`;
}

const cells = ({ p50, p95, throughput, cost }: Figures): string[] => [
  p50.toFixed(0),
  p95.toFixed(0),
  throughput.toFixed(1),
  String(cost.events),
  String(cost.workflowTasks),
];
