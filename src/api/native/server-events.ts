/** What becomes of one server, or of all of a project, as Server-Sent Events: states, each at least once. */
import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { finalVmState } from '../../model/states.ts';
import type { InstanceQuery } from '../../read-model/instance-query.ts';
import type { ReadModel } from '../../read-model/read-model.ts';
import type { StoredInstance } from '../../read-model/row.ts';
import type { Viewer } from '../../model/representation.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { sees } from '../policy.ts';
import { viewerOf, type Reach } from '../reach.ts';
import { eventStreams } from './event-streams.ts';
import { problemAnswers } from './problem-answers.ts';
import { toServerSummary } from './represent-server.ts';

/** How often a connection looks. Those of one process share what they look at. */
const lookEveryMs = 1_000;
/** A list may show an older change after a newer one. */
const overlapMs = 10_000;
const rowsPerPage = 500;
/** Servers whose last state a connection knows: of others it may tell one twice. */
const mostRemembered = 10_000;

const resumeHeaders = z.object({ 'last-event-id': z.string().optional() });
const time = z.iso.datetime();
const description =
  'Each event is a server as it was seen, under the time of its last change; with that in Last-Event-ID the stream goes on there. States that lasted less than a second may be left out, and some may come twice; the last one always comes.';

/** The routes of both. */
export function addServerEvents(api: Api, reach: Reach, readModel: ReadModel): void {
  const stream = eventStreams(api);
  const schema = {
    tags: ['servers'],
    description,
    headers: resumeHeaders,
    response: { 200: z.string().describe('text/event-stream'), ...problemAnswers },
  };
  api.get(
    '/servers/:id/events',
    {
      schema: {
        ...schema,
        summary: 'What becomes of a server until it is deleted',
        params: z.object({ id: z.string() }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id } = request.params;
      await reach.expectInstance(caller, id);
      // From the first on: whoever watches one server wants to know what it is now.
      const since = sinceOf(request.headers) ?? new Date(0);
      const watched = { among: { id: [id] } };
      return stream(request, reply, (signal) => eventsOf(readModel, watched, viewerOf(caller), { since, signal }));
    },
  );
  api.get(
    '/projects/:project/events',
    {
      schema: {
        ...schema,
        summary: 'What becomes of the servers of a project',
        params: z.object({ project: z.string() }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { project: projectId } = request.params;
      if (!sees(caller, projectId)) throw new NotFound(`there is no project ${projectId}`);
      const since = sinceOf(request.headers) ?? new Date();
      return stream(request, reply, (signal) =>
        eventsOf(readModel, { projectId }, viewerOf(caller), { since, signal }),
      );
    },
  );
}

function sinceOf({ 'last-event-id': id }: z.output<typeof resumeHeaders>): Date | undefined {
  if (id === undefined) return undefined;
  const parsed = time.safeParse(id);
  if (!parsed.success) throw new BadRequest('Last-Event-ID: is the id of no event');
  return new Date(new Date(parsed.data).getTime() - overlapMs);
}

type Watched = Pick<InstanceQuery, 'projectId' | 'among'>;

async function* eventsOf(
  readModel: ReadModel,
  watched: Watched,
  viewer: Viewer,
  { since, signal }: { readonly since: Date; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  const told = new LRUCache<string, string>({ max: mostRemembered });
  let newest = since;
  while (!signal.aborted) {
    for await (const server of look(readModel, watched, newest)) {
      const state = [server.updatedAt, server.vmState, server.taskState, server.powerState].join(' ');
      if (told.get(server.id) === state) continue;
      told.set(server.id, state);
      yield toEvent(server, viewer);
      const changed = new Date(new Date(server.updatedAt).getTime() - overlapMs);
      if (changed > newest) newest = changed;
      if (watched.among !== undefined && server.vmState === finalVmState) return;
    }
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What has changed, oldest first, and then what tasks are changing now, which is no change of the record yet. */
async function* look(readModel: ReadModel, watched: Watched, since: Date): AsyncGenerator<StoredInstance> {
  const sort = [{ column: 'updated_at', direction: 'asc' }] as const;
  const query = { ...watched, deleted: 'both', limit: rowsPerPage, maxBytes: Infinity, sort } as const;
  yield* pagesOf(readModel, { ...query, changedSince: since.toISOString() });
  yield* pagesOf(readModel, { ...query, isBusy: true });
}

/** One page in memory at a time, however many there are. */
async function* pagesOf(readModel: ReadModel, query: InstanceQuery): AsyncGenerator<StoredInstance> {
  let marker: string | undefined;
  do {
    const page = await readModel.instances({ ...query, ...(marker !== undefined && { marker }) });
    yield* page.instances;
    marker = page.isFull ? page.instances.at(-1)?.id : undefined;
  } while (marker !== undefined);
}

const toEvent = (server: StoredInstance, viewer: Viewer): string =>
  `id: ${server.updatedAt}\nevent: server\ndata: ${JSON.stringify(toServerSummary(server, viewer))}\n\n`;
