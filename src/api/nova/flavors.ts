/** `/flavors`: the catalogue's, to read. */
import { z } from 'zod';
import type { CatalogueFlavor } from '../../model/catalogue.ts';
import type { Api } from '../application.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import type { NovaContext } from './nova-context.ts';
import { nextLink } from './next-link.ts';
import type { Viewer } from './viewer.ts';

const byId = z.object({ id: z.string() });
const filters = z.object({
  limit: z.coerce.number().int().min(0).max(1_000).default(1_000),
  marker: z.string().optional(),
  minRam: z.coerce.number().int().min(0).default(0),
  minDisk: z.coerce.number().int().min(0).default(0),
});

/** Adds its routes. */
export function addFlavors(api: Api, { reach, viewerOf }: NovaContext): void {
  const { flavors: all } = reach.client.catalogue;
  const find = (id: string): CatalogueFlavor => {
    const flavor = all.find((each) => each.id === id);
    if (flavor === undefined) throw new NotFound(`Flavor ${id} could not be found.`);
    return flavor;
  };
  for (const [path, show] of [
    ['flavors', toReference],
    ['flavors/detail', toFlavor],
  ] as const) {
    api.get(`/${path}`, { schema: { querystring: filters } }, async (request) => {
      const { flavors, isFull } = page(all, request.query);
      const viewer = await viewerOf(request);
      const last = flavors.at(-1);
      return {
        flavors: flavors.map((flavor) => show(flavor, viewer)),
        ...(isFull && last !== undefined && { flavors_links: [nextLink(request, path, last.id)] }),
      };
    });
  }
  api.get('/flavors/:id', { schema: { params: byId } }, async (request) => ({
    flavor: toFlavor(find(request.params.id), await viewerOf(request)),
  }));
  api.get('/flavors/:id/os-extra_specs', { schema: { params: byId } }, async ({ params }) => {
    find(params.id);
    return { extra_specs: {} };
  });
}

/** By id, as Nova lists them. */
function page(all: readonly CatalogueFlavor[], { limit, marker, minRam, minDisk }: z.output<typeof filters>) {
  const fitting = all
    .filter(({ memoryMb, diskGb }) => memoryMb >= minRam && diskGb >= minDisk)
    .sort((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
  const index = marker === undefined ? -1 : fitting.findIndex(({ id }) => id === marker);
  if (marker !== undefined && index < 0) throw new BadRequest(`marker [${marker}] not found`);
  const flavors = fitting.slice(index + 1, index + 1 + limit);
  return { flavors, isFull: flavors.length === limit };
}

const toReference = ({ id, name }: CatalogueFlavor, { base, root, microversion }: Viewer) => ({
  id,
  name,
  links: [
    { rel: 'self', href: `${base}/flavors/${id}` },
    { rel: 'bookmark', href: `${root}/flavors/${id}` },
  ],
  ...(microversion >= 55 && { description: null }),
});

const toFlavor = (flavor: CatalogueFlavor, viewer: Viewer) => ({
  ...toReference(flavor, viewer),
  vcpus: flavor.vcpus,
  ram: flavor.memoryMb,
  disk: flavor.diskGb,
  swap: viewer.microversion >= 75 ? 0 : '',
  rxtx_factor: 1,
  'OS-FLV-EXT-DATA:ephemeral': 0,
  'OS-FLV-DISABLED:disabled': false,
  'os-flavor-access:is_public': true,
  ...(viewer.microversion >= 61 && { extra_specs: {} }),
});
