/**
 * `npm run trace-target`: all of it on free ports, with the catalogue that the trace of Nova expects. Prints the endpoint,
 * the tokens of an admin and a member, and where the file is by which OpenStack's clients know it, and stays until it is ended.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { cloudsFile, provideClouds } from '../../src/dev/clouds.ts';
import { loadConfiguration, type ApiConfiguration } from '../../src/dev/configuration.ts';
import { launch } from '../../src/dev/launcher.ts';
import { saysReady, workerCommands } from '../../src/dev/worker-command.ts';
import { freePort } from '../support/free-ports.ts';
import { addFurtherPeople, readClouds } from './further-people.ts';
import { imageId } from './image-ids.ts';

/** What the trace names: see the options of `trace.py`. */
const catalogue = {
  flavors: {
    'm1.tiny': { id: '1', vcpus: 1, memory_mb: 512, disk_gb: 1 },
    // The trace resizes to and fro, and disks do not shrink.
    'm1.small': { id: '2', vcpus: 1, memory_mb: 2_048, disk_gb: 1 },
    'm1.medium': { id: '3', vcpus: 2, memory_mb: 4_096, disk_gb: 1 },
    impossible: { id: '99', vcpus: 5_000, memory_mb: 512, disk_gb: 1 },
  },
  images: {
    tiny: { id: imageId('1') },
    tiny2: { id: imageId('2') },
    huge: { id: imageId('3'), min_memory_mb: 1_000_000 },
    queued: { id: imageId('4'), status: 'queued' },
  },
};

const written = z.looseObject({
  server: z.looseObject({}),
  api: z.looseObject({}),
});

/** The project's own configuration, elsewhere and with that catalogue. */
async function writeConfiguration(folder: string): Promise<string> {
  const usual = written.parse(parse(await readFile(new URL('../../temporal-dev.yml', import.meta.url), 'utf8')));
  const [port, ui_port, apiPort] = [await freePort(), await freePort(), await freePort()];
  const size = { vcpus: 64, memory_mb: 262_144, disk_gb: 4_000 };
  const configuration = {
    ...usual,
    ...catalogue,
    server: { ...usual.server, port, ui_port, database: 'temporal.db', logs: 'logs' },
    hosts: { 'host-1': size, 'host-2': size },
    simulated: { directory: 'hypervisors', latency: { default: '20ms' } },
    secret_keys: 'secret-keys',
    api: {
      ...usual.api,
      port: apiPort,
      identities: 'identities.yml',
      quotas: { instances: 50, vcpus: -1, memory_mb: -1 },
    },
  };
  const file = join(folder, 'temporal-dev.yml');
  await writeFile(file, stringify(configuration));
  return file;
}

/** A token of a cloud, got as any client gets it. */
async function tokenOf(api: ApiConfiguration, cloud: string): Promise<string> {
  const { auth } = (await readClouds(cloudsFile(api.identities ?? '')))[cloud] ?? {};
  if (auth === undefined) throw new Error(`there is no cloud ${cloud}`);
  const user = { name: auth.username, password: auth.password, domain: { id: 'default' } };
  const answer = await fetch(`${auth.auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } }),
  });
  const token = answer.headers.get('x-subject-token');
  if (token === null) throw new Error(`${cloud} got no token: ${answer.status}`);
  return token;
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-trace-'));
  try {
    const configuration = await loadConfiguration(await writeConfiguration(folder));
    const { api } = configuration;
    if (api === null) throw new Error('the configuration has no API');
    await provideClouds(api);
    await addFurtherPeople(api.identities ?? '');
    const { TEMPORAL_ADDRESS: _address, TEMPORAL_PROFILE: _profile, ...env } = process.env;
    return await launch({
      configuration,
      env,
      report: (line) => void process.stderr.write(`${line}\n`),
      workers: workerCommands,
      isReady: saysReady,
      demo: async () => {
        const [admin, member] = await Promise.all([tokenOf(api, 'dev-admin'), tokenOf(api, 'dev-member')]);
        const lines = [
          `ENDPOINT=http://${api.ip}:${api.port}/v2.1`,
          `TOKEN=${admin}`,
          `MEMBER=${member}`,
          `CLOUDS=${cloudsFile(api.identities ?? '')}`,
        ];
        process.stdout.write(`${lines.join('\n')}\n`);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exit(await main());
