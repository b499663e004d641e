/**
 * `npm run bench:lists`: what a list of servers costs at both doors, beside the answer for one of them, with ever more of
 * them alive.
 */
import { program } from 'commander';
import Table from 'cli-table3';
import { z } from 'zod';
import { ApiClient } from '../test/api/api-client.ts';
import { ApiCommand } from '../test/api/api-command.ts';
import { eventually } from '../test/support/eventually.ts';
import { startFleet, type Fleet } from '../test/support/fleet.ts';
import { count } from './count.ts';
import { percentile, rate, timed } from './figures.ts';
import { makeMany } from './measure.ts';
import { readUsage } from './usage.ts';

const ample = { vcpus: 1_000_000, memoryMb: 1_000_000_000, diskGb: 1_000_000_000 };
const newest = { 'openstack-api-version': 'compute 2.96' };
/** What Nova gives in one page, too. */
const largestPage = 1_000;

/** Lists look at visibility ten times a second at most, together: one after the other they take a tenth of a second each. */
const atOnce = 16;

const { instances, repeats } = program
  .name('npm run bench:lists --')
  .option('--instances <n...>', 'instances that are alive', ['100', '1000', '10000'])
  .option('--repeats <n>', 'how often each request is made, one after the other', count, 20)
  .parse()
  .opts<{ instances: string[]; repeats: number }>();

const listSchema = z.object({
  servers: z.array(z.unknown()),
  servers_links: z.array(z.object({ rel: z.string(), href: z.string() })).optional(),
});

const fleet = await startFleet({ hosts: ['host-1', 'host-2', 'host-3'], capacity: ample });
try {
  await main(fleet);
} finally {
  await fleet.dispose();
}

async function main(fleet: Fleet): Promise<void> {
  const command = await ApiCommand.prepare(fleet, (document) => {
    document.setIn(['api', 'requests_per_minute'], 1_000_000);
  });
  try {
    let alive = 0;
    for (const wanted of instances.map(count)) {
      await makeMany(Math.max(0, wanted - alive), () => fleet.activeInstance({ name: 'bench', flavor: 'm1.tiny' }));
      alive = Math.max(alive, wanted);
      // Begun anew, as after a restart: how long it takes until all are known is a figure, too.
      const api = await command.serve();
      const token = await command.tokenOf('dev-admin');
      const client = new ApiClient(api.url, token);
      const known = await timed(() => untilAllAreListed(client, alive));
      console.log(`\n${alive} instances; all are listed ${(known / 1_000).toFixed(1)} s after the start of the API`);
      console.log((await measure(fleet, client, Math.min(alive, largestPage))).toString());
      const { memoryMb } = await readUsage(api.url, token);
      console.log(`memory of the API: ${memoryMb} MB`);
      await api.end();
    }
  } finally {
    await command.clone.remove();
  }
}

async function untilAllAreListed(client: ApiClient, wanted: number): Promise<void> {
  await eventually(
    `${wanted} are listed`,
    async () => {
      let listed = 0;
      for (let path: string | null = `/v2.1/servers?all_tenants=1&limit=${largestPage}`; path !== null;) {
        const { servers, servers_links: links } = listSchema.parse((await client.get(path, newest)).body);
        listed += servers.length;
        path = links?.find(({ rel }) => rel === 'next')?.href ?? null;
      }
      return listed === wanted;
    },
    600_000,
  );
}

async function measure(fleet: Fleet, client: ApiClient, page: number): Promise<Table.Table> {
  const { rows } = await fleet.client.list({ limit: 1 });
  const one = rows[0]?.id ?? '';
  const head = ['', 'p50 ms', 'p95 ms', 'per second', 'KiB'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [name, path] of [
    [`a page of ${page} with details, Nova's API`, `/v2.1/servers/detail?all_tenants=1&limit=${page}`],
    [`the same, sorted by name`, `/v2.1/servers/detail?all_tenants=1&limit=${page}&sort_key=display_name`],
    [`a page of ${page}, Nova's API`, `/v2.1/servers?all_tenants=1&limit=${page}`],
    ['a page of 20 with details', '/v2.1/servers/detail?all_tenants=1&limit=20'],
    ['one, from its workflow', `/v2.1/servers/${one}`],
  ] as const) {
    const ask = async () => {
      const answer = await client.get(path, newest);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return answer.text.length;
    };
    const size = await ask();
    const times: number[] = [];
    for (let index = 0; index < repeats; index += 1) times.push(await timed(ask));
    const perSecond = await rate(ask, atOnce, 3_000);
    const cells = [percentile(times, 0.5), percentile(times, 0.95), perSecond, size / 1_024];
    table.push([name, ...cells.map((cell) => cell.toFixed(1))]);
  }
  return table;
}
