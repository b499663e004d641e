/** As much of Glance's API v2 as clients of Nova need, to read: the images of the catalogue, and those made of servers. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { answerErrors } from '../answer-errors.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { NotFound } from '../http-error.ts';
import type { Reach } from '../reach.ts';
import { rootOf } from '../root-url.ts';
import { toImage, toSnapshot } from './image-view.ts';
import { findSnapshot, listSnapshots, snapshotOf } from './snapshots.ts';

const open = { public: true } as const;
const hide = { hide: true } as const;
const byId = z.object({ id: z.string() });
const filters = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  status: z.string().optional(),
  visibility: z.string().optional(),
  os_hidden: z.string().optional(),
  owner: z.string().optional(),
  limit: z.coerce.number().int().min(0).max(1_000).default(1_000),
  marker: z.string().optional(),
});

/** Adds its routes, below `/image`. */
export async function addImageApi(api: Api, reach: Reach): Promise<void> {
  await api.register(
    async (scope: Api) => {
      answerErrors(scope, ({ statusCode: code, message }) => ({ code, title: STATUS_CODES[code], message }));
      const versions = (root: string) => ({
        versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `${root}/image/v2/` }] }],
      });
      scope.get('/', { config: open, schema: hide }, async (request) => versions(rootOf(request)));
      scope.get('/versions', { config: open, schema: hide }, async (request) => versions(rootOf(request)));
      addImages(scope, reach, '/v2');
    },
    { prefix: '/image' },
  );
}

/** Adds the images themselves: also where clients look for them that know one address only. */
export function addImages(api: Api, reach: Reach, prefix: string): void {
  api.get(`${prefix}/images`, { schema: { ...hide, querystring: filters } }, async (request) => {
    const { limit, marker } = request.query;
    const made = await listSnapshots(reach, callerOf(request).projectId);
    const all: Shown[] = [...reach.client.catalogue.images.map(toImage), ...made.map(toSnapshot)];
    const fitting = all.filter((image) => fits(image, request.query));
    const from = marker === undefined ? 0 : fitting.findIndex(({ id }) => id === marker) + 1;
    const images = fitting.slice(from, from + limit);
    const last = images.at(-1);
    const next =
      last !== undefined && from + limit < fitting.length ? `/v2/images?limit=${limit}&marker=${last.id}` : null;
    return { images, first: '/v2/images', schema: '/v2/schemas/images', ...(next !== null && { next }) };
  });
  api.get(`${prefix}/images/:id`, { schema: { ...hide, params: byId } }, async (request) => {
    const { id } = request.params;
    const offered = reach.client.catalogue.images.find((image) => image.id === id);
    if (offered !== undefined) return toImage(offered);
    const made = await findSnapshot(reach, callerOf(request), id);
    if (made === null) throw new NotFound(`No image found with ID ${id}`);
    return toSnapshot(snapshotOf(made));
  });
}

type Shown = Pick<
  ReturnType<typeof toImage> | ReturnType<typeof toSnapshot>,
  'id' | 'name' | 'status' | 'visibility' | 'owner'
>;

/** Glance's filters: a value may be `in:` a list. */
function fits(image: Shown, query: z.infer<typeof filters>): boolean {
  const is = (value: string | null, wanted: string | undefined) =>
    wanted === undefined || (wanted.startsWith('in:') ? wanted.slice(3).split(',') : [wanted]).includes(value ?? '');
  return (
    is(image.name, query.name) &&
    is(image.id, query.id) &&
    is(image.status, query.status) &&
    (query.visibility === 'all' || is(image.visibility, query.visibility)) &&
    is(image.owner, query.owner) &&
    query.os_hidden?.toLowerCase() !== 'true'
  );
}
