/**
 * `npm run test:clients [-- CLIENT…]`: OpenStack's stock clients, got from their registries, give a server a whole life over
 * HTTP. Exits with 1 for a step that does not go as expected, and for a client that could not be got.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideGo, providePython } from '../support/provided-programs.ts';
import { withServedCloud, type ServedCloud } from '../support/served-cloud.ts';
import { liveByCli } from './life-by-cli.ts';
import { Observer } from './observer.ts';
import { OpenStackCli } from './openstack-cli.ts';
import { Report } from './report.ts';
import { tellSteps } from './told-steps.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** A client that has been got: gives a server its life. */
type Live = (cloud: ServedCloud) => Promise<void>;

const report = new Report(print);

/** A life written in Python, by the interpreter of the environment that has the client. */
const pythonLife = (client: string, file: string) => async (): Promise<Live> => {
  const programs = await providePython(here('python/requirements.txt'), print);
  const script = here(`python/${file}`);
  return (cloud) => tellSteps(client, cloud, [join(programs, 'python'), script], report);
};

const clients: Readonly<Record<string, () => Promise<Live>>> = {
  'openstack-cli': async () => {
    const programs = await providePython(here('python/requirements.txt'), print);
    return async (cloud) => {
      await liveByCli({
        admin: new OpenStackCli(programs, cloud, 'dev-admin'),
        member: new OpenStackCli(programs, cloud, 'dev-member'),
        observer: new Observer(cloud),
        step: (name, act) => report.step('openstack-cli', name, act),
      });
    };
  },
  novaclient: pythonLife('novaclient', 'life_by_novaclient.py'),
  openstacksdk: pythonLife('openstacksdk', 'life_by_sdk.py'),
  gophercloud: async () => {
    const program = await provideGo(here('go'), 'gophercloud-life', print);
    return (cloud) => tellSteps('gophercloud', cloud, [program], report);
  },
};

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !Object.hasOwn(clients, name));
  if (unknown.length > 0)
    throw new Error(`there is no client ${unknown.join(', ')}: ${Object.keys(clients).join(', ')}`);
  const lives: Live[] = [];
  for (const [name, provide] of Object.entries(clients)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await provide().then(
      (live) => void lives.push(live),
      (error: unknown) => report.missing(name, error),
    );
  }
  if (lives.length > 0) {
    await withServedCloud(async (cloud) => {
      for (const live of lives) await live(cloud);
    });
  }
  print(report.summary());
  return report.succeeded() ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
