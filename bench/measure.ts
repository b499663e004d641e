import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import type { InstanceTasks } from '../src/client/index.ts';
import { bareMachine, productMachine, type Cost, type Machine } from './contender.ts';
import { percentile, rate, timed } from './figures.ts';

export const operations = ['reboot', 'resize'] as const;
export type BenchOperation = (typeof operations)[number];

/** What was found of one operation by one contender. */
export interface Figures {
  readonly p50: number;
  readonly p95: number;
  /** Operations a second, with so many at once as there are machines. */
  readonly throughput: number;
  readonly cost: Cost;
}

export interface Measurement {
  readonly product: Record<BenchOperation, Figures>;
  readonly bare: Record<BenchOperation, Figures>;
  /** Reads a second of `show` and of the instance actions. */
  readonly reads: { readonly show: number; readonly instanceActions: number };
}

export interface Extent {
  /** Operations one at a time, of each kind. */
  readonly singles: number;
  /** Machines that are operated on at once. */
  readonly atOnce: number;
  /** How often all of them are. */
  readonly rounds: number;
}

interface Contenders {
  readonly product: readonly Machine[];
  readonly bare: readonly Machine[];
}

/** Measures both contenders in turn, so that whatever else the machine does meets both. */
export async function measure(client: InstanceTasks, temporal: Client, extent: Extent): Promise<Measurement> {
  const contenders: Contenders = {
    product: await makeMany(extent.atOnce, () => productMachine(client, temporal)),
    bare: await makeMany(extent.atOnce, () => bareMachine(temporal)),
  };
  const reboot = await measureOperation('reboot', contenders, extent);
  const resize = await measureOperation('resize', contenders, extent);
  return {
    product: { reboot: reboot.product, resize: resize.product },
    bare: { reboot: reboot.bare, resize: resize.bare },
    reads: await measureReads(client),
  };
}

/** Makes things a few at a time. */
export function makeMany<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const limit = pLimit(20);
  return Promise.all(Array.from({ length: count }, () => limit(make)));
}

async function measureOperation(
  operation: BenchOperation,
  { product, bare }: Contenders,
  { singles, rounds }: Extent,
): Promise<{ product: Figures; bare: Figures }> {
  const [ours, theirs] = [product[0], bare[0]];
  if (ours === undefined || theirs === undefined) throw new RangeError('there is nothing to measure');
  const latencies = { product: [] as number[], bare: [] as number[] };
  for (let index = 0; index < singles; index += 1) {
    latencies.product.push(await single(ours, operation));
    latencies.bare.push(await single(theirs, operation));
  }
  const throughputs = { product: [] as number[], bare: [] as number[] };
  for (let index = 0; index < rounds; index += 1) {
    throughputs.product.push(await together(product, operation));
    throughputs.bare.push(await together(bare, operation));
  }
  const figures = async (name: keyof Contenders, machine: Machine): Promise<Figures> => ({
    p50: percentile(latencies[name], 0.5),
    p95: percentile(latencies[name], 0.95),
    throughput: percentile(throughputs[name], 0.5),
    cost: await costOf(machine, operation),
  });
  return { product: await figures('product', ours), bare: await figures('bare', theirs) };
}

async function operate(machine: Machine, operation: BenchOperation): Promise<() => Promise<void>> {
  if (operation === 'resize') return machine.resize();
  await machine.reboot();
  return () => Promise.resolve();
}

async function single(machine: Machine, operation: BenchOperation): Promise<number> {
  let afterwards = () => Promise.resolve();
  const elapsed = await timed(async () => {
    afterwards = await operate(machine, operation);
  });
  await afterwards();
  return elapsed;
}

/** Operations a second when every machine is operated on at the same time. */
async function together(machines: readonly Machine[], operation: BenchOperation): Promise<number> {
  let afterwards: (() => Promise<void>)[] = [];
  const elapsed = await timed(async () => {
    afterwards = await Promise.all(machines.map((machine) => operate(machine, operation)));
  });
  await Promise.all(afterwards.map((finish) => finish()));
  return (machines.length * 1_000) / elapsed;
}

/** What one operation adds to histories: its own, and the growth of what lives on. */
async function costOf(machine: Machine, operation: BenchOperation): Promise<Cost> {
  const { lasting: before } = await machine.costs();
  const finish = await operate(machine, operation);
  const { operation: own, lasting: after } = await machine.costs();
  await finish();
  return {
    events: own.events + after.events - before.events,
    workflowTasks: own.workflowTasks + after.workflowTasks - before.workflowTasks,
  };
}

async function measureReads(client: InstanceTasks): Promise<Measurement['reads']> {
  const { rows } = await client.list({ name: 'bench', limit: 1 });
  const id = rows[0]?.id ?? '';
  return {
    show: await rate(() => client.get(id), 10, 3_000),
    instanceActions: await rate(() => client.instanceActions(id), 10, 3_000),
  };
}
