/** What requests that are made up can be about: servers and tasks that there are, and how schemathesis is told of them. */
import { z } from 'zod';
import { ApiClient, idIn } from '../api/api-client.ts';
import type { ServedCloud } from '../support/served-cloud.ts';

const projectsSchema = z.object({ projects: z.tuple([z.object({ id: z.string() })], z.unknown()) });
const launchedSchema = z.object({ servers: z.array(z.object({ id: z.string() })) });

/** Ids of what there is, by what they are ids of. */
export interface Scene {
  readonly projects: readonly string[];
  readonly servers: readonly string[];
  readonly tasks: readonly string[];
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();
const wait = { prefer: 'wait=60' } as const;

/** Servers that run, a task that has completed, and one that waits for a day that does not come. */
export async function makeScene({ endpoint, token }: ServedCloud): Promise<Scene> {
  const client = new ApiClient(new URL('/', endpoint).href, token);
  const { projects } = projectsSchema.parse((await client.get('/v3/auth/projects')).body);
  const [{ id: project }] = projects;
  const wanted = ['one', 'other'].map((name) => ({ name, flavor: 'm1.tiny', image: 'tiny' }));
  const launched = await client.post(`/projects/${project}/servers`, { servers: wanted });
  if (launched.status !== 202) throw new Error(`no servers to try things on: ${launched.text}`);
  const servers = launchedSchema.parse(launched.body).servers.map(({ id }) => id);
  const tasks = await Promise.all(
    servers.flatMap((server) => [
      client.post(`/servers/${server}/tasks`, { action: 'HARD_REBOOT', queue: true }, wait),
      client.post(`/servers/${server}/tasks`, { action: 'SUSPEND', start_at: tomorrow() }),
    ]),
  );
  return { projects: [project], servers, tasks: tasks.map(idIn) };
}

/** Most requests are about what there is, the others about what anybody may think of. */
const share = 0.8;

/** The file `schemathesis.toml`. Strings of JSON are strings of TOML. */
export function configurationFor({ projects, servers, tasks }: Scene): string {
  const bound = { projects, servers, tasks };
  const dictionaries = Object.entries(bound).map(
    ([name, ids]) => `[dictionaries.${name}]\nvalues = ${JSON.stringify(ids)}`,
  );
  const bindings = [
    ['^/projects/', 'project', 'projects'],
    ['^/servers/', 'id', 'servers'],
    ['^/server_tasks/', 'id', 'tasks'],
  ].map(
    ([paths, parameter, dictionary]) =>
      `[[operations]]\ninclude-path-regex = "${paths}"\n` +
      `parameters = { "path.${parameter}" = { dictionary = "${dictionary}", probability = ${share} } }`,
  );
  return [...dictionaries, ...bindings].join('\n\n');
}
