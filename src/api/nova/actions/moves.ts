/** Actions that bring a server to another host or size. */
import { z } from 'zod';
import { BadRequest } from '../../http-error.ts';
import { findFlavor } from '../offers.ts';
import * as types from '../parameters.ts';
import { unsupported } from '../unsupported.ts';
import { accepted, action, type Action, type ActionRequest } from './action.ts';

const resize = action({
  takes: () => z.strictObject({ flavorRef: types.flavorRef, 'OS-DCF:diskConfig': types.diskConfig.optional() }),
  act: async ({ flavorRef }, { ask, server, reach }) => {
    const flavor = findFlavor(reach.client.catalogue, flavorRef);
    if (flavor.name === server.flavor.name) throw new BadRequest('When resizing, instances must change flavor!');
    await ask('resize', { flavor: flavor.name });
    return accepted;
  },
});

const toHost = (host: string | null | undefined): { readonly host?: string } =>
  typeof host === 'string' ? { host } : {};

/** A host that is asked for by name must be there. */
async function expectHost({ reach }: ActionRequest, host: string | null | undefined): Promise<void> {
  if (typeof host !== 'string') return;
  const hosts = await reach.client.hosts();
  if (!hosts.some(({ name }) => name === host)) throw new BadRequest(`Compute host ${host} could not be found.`);
}

const migrate = action({
  takes: (version) => (version >= 56 ? z.strictObject({ host: types.host.optional() }).nullable() : z.unknown()),
  act: async (value, request) => {
    const host = z.object({ host: z.string() }).safeParse(value).data?.host;
    const input = request.version >= 56 ? toHost(host) : {};
    request.expectMay('migrate', input);
    await expectHost(request, input.host);
    await request.ask('migrate', input);
    return accepted;
  },
});

const migrateLive = action({
  takes: (version) =>
    z.strictObject({
      host: types.host,
      block_migration: version >= 25 ? z.union([types.boolean, z.literal('auto')]) : types.boolean,
      ...(version <= 24 && { disk_over_commit: types.boolean }),
      ...(version >= 30 && version <= 67 && { force: types.boolean.optional() }),
    }),
  act: async ({ host }, request) => {
    request.expectMay('liveMigrate', toHost(host));
    await expectHost(request, host);
    await request.ask('liveMigrate', toHost(host));
    return accepted;
  },
});

const evacuate = action({
  takes: (version) =>
    z.strictObject({
      host: types.host.optional(),
      adminPass: z.string().optional(),
      ...(version <= 13 && { onSharedStorage: types.boolean }),
      ...(version >= 29 && version <= 67 && { force: types.boolean.optional() }),
    }),
  act: async ({ host, adminPass }, request) => {
    const { server, reach, ask, expectMay } = request;
    if (adminPass !== undefined) throw unsupported('adminPass', 'an evacuated server keeps its disk, and its password');
    expectMay('evacuate', toHost(host));
    if (server.residence !== null) {
      const record = await reach.client.host(server.residence.host);
      const inUse = `Compute service of ${record.name} is still in use.`;
      if (record.up && !record.fenced) throw new BadRequest(inUse);
    }
    await expectHost(request, host);
    await ask('evacuate', toHost(host));
    return { statusCode: 200 };
  },
});

const unshelve = action({
  takes: (version) => {
    if (version < 77) return z.unknown();
    const zone = { availability_zone: types.name };
    return version < 91
      ? z.strictObject(zone).nullable()
      : z.strictObject({ availability_zone: types.name.nullish(), host: z.string().min(1).optional() }).nullable();
  },
  act: async (value, request) => {
    const { availability_zone: zone, host } = wanted.safeParse(value ?? {}).data ?? {};
    if (typeof zone === 'string' && zone !== 'nova') {
      throw new BadRequest('The requested availability zone is not available');
    }
    request.expectMay('unshelve', toHost(host));
    await expectHost(request, host);
    await request.ask('unshelve', toHost(host));
    return accepted;
  },
});
const wanted = z.object({ availability_zone: z.string().nullish(), host: z.string().optional() });

/** By the key of the request. */
export const moves: Readonly<Record<string, Action>> = {
  resize,
  migrate,
  'os-migrateLive': migrateLive,
  evacuate,
  unshelve,
};
