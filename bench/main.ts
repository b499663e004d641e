/** `npm run bench`: the product against a bare Temporal workflow with the same units, on one server, side by side. */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { program } from 'commander';
import { startFleet, type Fleet } from '../test/support/fleet.ts';
import { startBareWorker } from './bare-process.ts';
import { count } from './count.ts';
import { timed } from './figures.ts';
import { makeMany, measure, type Extent, type Measurement } from './measure.ts';
import { operations } from './measure.ts';
import { ratiosOf, toTable } from './report.ts';

const resultFile = 'bench-result.json';
const ample = { vcpus: 1_000_000, memoryMb: 1_000_000_000, diskGb: 1_000_000_000 };

const { instances, singles, atOnce, rounds } = program
  .name('npm run bench --')
  .option('--instances <n...>', 'other instances that are alive meanwhile', ['10', '1000'])
  .option('--singles <n>', 'operations one at a time', count, 60)
  .option('--at-once <n>', 'machines that are operated on at once', count, 50)
  .option('--rounds <n>', 'times that all of them are', count, 5)
  .parse()
  .opts<{ instances: string[] } & Extent>();

const fleet = await startFleet({ hosts: ['host-1', 'host-2', 'host-3'], capacity: ample });
try {
  const bare = await startBareWorker(fleet);
  try {
    await main(fleet);
  } finally {
    await bare.dispose();
  }
} finally {
  await fleet.dispose();
}

async function main({ client, temporal }: Fleet): Promise<void> {
  const results: (Measurement & { readonly alive: number })[] = [];
  let alive = 0;
  for (const wanted of instances.map(count)) {
    const missing = Math.max(0, wanted - alive);
    const elapsed = await timed(() => makeMany(missing, () => makeIdle()));
    alive += missing;
    console.log(`\n${alive} other instances are alive (${missing} made in ${(elapsed / 1_000).toFixed(1)} s)`);
    const measurement = await measure(client, temporal, { singles, atOnce, rounds });
    console.log(toTable(measurement));
    results.push({ alive, ...measurement });
  }
  const [processor] = cpus();
  const machine = {
    processor: processor?.model ?? '',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  };
  const ratios = results.map((result) => ({
    alive: result.alive,
    ...Object.fromEntries(operations.map((name) => [name, ratiosOf(name, result)])),
  }));
  await writeFile(resultFile, `${JSON.stringify({ at: new Date(), machine, results, ratios }, null, 2)}\n`);
  console.log(`\nwritten to ${resultFile}`);

  async function makeIdle(): Promise<void> {
    await client.waitFor(await client.create({ name: 'idle', flavor: 'm1.tiny', image: 'cirros' }));
  }
}
