/** An API that is really served, as `itask api` does it, over a fleet; and clients of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import type { IdentitiesInput } from '../../src/authentication/identities.schema.ts';
import { hashPassword } from '../../src/authentication/password.ts';
import type { Role } from '../../src/authentication/caller.ts';
import { serveApi, type ServedApi, type ServeSettings } from '../../src/api/serve.ts';
import { InstanceTasks } from '../../src/client/index.ts';
import { defaultFlavors, type CatalogueImage } from '../../src/model/catalogue.ts';
import { inMemory } from '../../src/read-model/database-url.ts';
import { SecretKeys } from '../../src/secrets/secret-keys.ts';
import type { Fleet } from '../support/fleet.ts';
import { ApiClient } from './api-client.ts';

export type Person = 'anna' | 'mark' | 'mia' | 'rita' | 'olga';
const people: readonly { readonly name: Person; readonly grants: Record<string, Role[]> }[] = [
  { name: 'anna', grants: { admin: ['admin'] } },
  { name: 'mark', grants: { blue: ['manager'] } },
  { name: 'mia', grants: { blue: ['member'] } },
  { name: 'rita', grants: { blue: ['reader'] } },
  { name: 'olga', grants: { red: ['member'], green: ['member'] } },
];

const image = (id: string, name: string, more: Partial<CatalogueImage> = {}): CatalogueImage => ({
  id: `${id.repeat(8)}-${id.repeat(4)}-4${id.repeat(3)}-8${id.repeat(3)}-${id.repeat(12)}`,
  name,
  status: 'active',
  minMemoryMb: 0,
  minDiskGb: 0,
  ...more,
});

/** What is on offer here. */
export const catalogue = {
  flavors: [...defaultFlavors, { id: '99', name: 'impossible', vcpus: 5_000, memoryMb: 512, diskGb: 1 }],
  images: [
    image('1', 'cirros'),
    image('2', 'debian-13'),
    image('3', 'huge', { minMemoryMb: 1_000_000 }),
    image('4', 'queued', { status: 'queued' }),
  ],
  networks: [
    { id: '55555555-5555-4555-8555-555555555555', name: 'private', subnet: '10.0.0.0/24' },
    { id: '66666666-6666-4666-8666-666666666666', name: 'modern', subnet: 'fd00:1:2:3::/64' },
  ],
} as const;

/** What people sign in with here. */
export const passwordOf = (name: string): string => `password of ${name}`;

async function identities(): Promise<IdentitiesInput> {
  const users = people.map(async ({ name, grants }) => ({
    id: `id-of-${name}`,
    name,
    password: await hashPassword(passwordOf(name)),
    grants,
    application_credentials:
      name === 'mia'
        ? [
            {
              id: 'credential',
              name: 'ci',
              secret: await hashPassword('s3cret'),
              project: 'blue',
              roles: ['reader' as const],
            },
          ]
        : [],
  }));
  const projects = ['admin', 'blue', 'red', 'green'].map((name) => ({ id: `id-of-${name}`, name }));
  return { projects, users: await Promise.all(users) };
}

export type ApiOptions = Partial<
  Pick<
    ServeSettings,
    'ip' | 'port' | 'requestsPerMinute' | 'bodyLimitBytes' | 'quotas' | 'provider' | 'tls' | 'readModel'
  >
>;

/** One API process' worth of API. */
export class ServedForTest {
  readonly url: string;
  readonly #served: ServedApi;
  readonly #folder: string;

  private constructor(served: ServedApi, folder: string) {
    this.#served = served;
    this.#folder = folder;
    this.url = served.url;
  }

  static async start(fleet: Fleet, options: ApiOptions = {}): Promise<ServedForTest> {
    const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-api-'));
    const file = join(folder, 'identities.yml');
    await writeFile(file, stringify(await identities()));
    const secretKeys = SecretKeys.parse(fleet.surroundings.secretKeys);
    const client = new InstanceTasks(fleet.temporal, {
      catalogue,
      secretKeys,
    });
    const settings = {
      ip: '127.0.0.1',
      port: 0,
      identities: file,
      provider: null,
      tokenHours: 1,
      requestsPerMinute: 100_000,
      bodyLimitBytes: 1_048_576,
      quotas: { instances: -1, vcpus: -1, memoryMb: -1 },
      readModel: inMemory,
      tls: null,
      ...options,
    };
    const served = await serveApi(client, settings, { logger: pino({ level: 'silent' }), secretKeys });
    return new ServedForTest(served, folder);
  }

  /** All that it answers. */
  get routes() {
    return this.#served.routes;
  }

  /** A client with a token of that person's, for the one project that they have or the one that is named. */
  async as(name: Person, project?: string): Promise<ApiClient> {
    const anonymous = new ApiClient(this.url, null);
    const scope = project === undefined ? {} : { scope: { project: { name: project } } };
    const user = { name, password: passwordOf(name), domain: { id: 'default' } };
    const { headers, status } = await anonymous.post('/v3/auth/tokens', {
      auth: { identity: { methods: ['password'], password: { user } }, ...scope },
    });
    const token = headers.get('x-subject-token');
    if (token === null) throw new Error(`${name} got no token: ${status}`);
    return new ApiClient(this.url, token);
  }

  async close(): Promise<void> {
    await this.#served.close();
    await rm(this.#folder, { recursive: true });
  }
}
