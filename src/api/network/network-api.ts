/** As much of Neutron's API v2.0 as clients of Nova need, to read: the networks of the catalogue. */
import { v5 } from 'uuid';
import { z } from 'zod';
import type { CatalogueNetwork } from '../../model/catalogue.ts';
import { answerErrors } from '../answer-errors.ts';
import type { Api } from '../application.ts';
import { NotFound } from '../http-error.ts';
import type { Reach } from '../reach.ts';
import { rootOf } from '../root-url.ts';

const open = { public: true } as const;
const hide = { hide: true } as const;
const byId = z.object({ id: z.string() });
const filters = z.object({ name: z.string().optional(), id: z.string().optional() });

/** What there is none of here. */
const nothing = ['ports', 'routers', 'floatingips', 'security-groups', 'extensions', 'agents', 'subnetpools'] as const;

const unlimited = { network: -1, subnet: -1, port: -1, router: -1, floatingip: -1, security_group: -1 } as const;

/** Adds its routes, below `/network`. */
export async function addNetworkApi(api: Api, reach: Reach): Promise<void> {
  await api.register(
    async (scope: Api) => {
      answerErrors(scope, ({ code: type, message }) => ({ NeutronError: { type, message, detail: '' } }));
      scope.get('/', { config: open, schema: hide }, async (request) => ({
        versions: [
          { id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${rootOf(request)}/network/v2.0/` }] },
        ],
      }));
      addNetworks(scope, reach, '/v2.0');
      addSubnets(scope, reach, '/v2.0');
      scope.get('/v2.0/quotas/:id', { schema: { ...hide, params: byId } }, async () => ({ quota: unlimited }));
      for (const kind of nothing) {
        const key = kind.replace('-', '_');
        scope.get(`/v2.0/${kind}`, { schema: hide }, async () => ({ [key]: [] }));
        scope.get(`/v2.0/${kind}/:id`, { schema: { ...hide, params: byId } }, async ({ params }) => {
          throw new NotFound(`there is no ${params.id} among ${kind}`);
        });
      }
    },
    { prefix: '/network' },
  );
}

function addNetworks(api: Api, reach: Reach, prefix: string): void {
  const networks = () => (reach.client.catalogue.networks ?? []).map(toNetwork);
  api.get(`${prefix}/networks`, { schema: { ...hide, querystring: filters } }, async ({ query }) => ({
    networks: networks().filter((network) => fits(network, query)),
  }));
  api.get(`${prefix}/networks/:id`, { schema: { ...hide, params: byId } }, async ({ params: { id } }) => {
    const network = networks().find((each) => each.id === id);
    if (network === undefined) throw new NotFound(`Network ${id} could not be found.`);
    return { network };
  });
}

function addSubnets(api: Api, reach: Reach, prefix: string): void {
  const subnets = () => (reach.client.catalogue.networks ?? []).flatMap(toSubnets);
  api.get(`${prefix}/subnets`, { schema: { ...hide, querystring: filters } }, async ({ query }) => ({
    subnets: subnets().filter((subnet) => fits(subnet, query)),
  }));
  api.get(`${prefix}/subnets/:id`, { schema: { ...hide, params: byId } }, async ({ params: { id } }) => {
    const subnet = subnets().find((each) => each.id === id);
    if (subnet === undefined) throw new NotFound(`Subnet ${id} could not be found.`);
    return { subnet };
  });
}

const fits = ({ id, name }: { readonly id: string; readonly name: string }, wanted: z.infer<typeof filters>): boolean =>
  (wanted.name ?? name) === name && (wanted.id ?? id) === id;

const toNetwork = (network: CatalogueNetwork) => ({
  id: network.id,
  name: network.name,
  status: 'ACTIVE',
  admin_state_up: true,
  shared: true,
  'router:external': false,
  subnets: toSubnets(network).map(({ id }) => id),
  project_id: '',
  tenant_id: '',
  description: '',
});

/** A network has one subnet at most. */
function toSubnets({ id, name, subnet }: CatalogueNetwork) {
  if (subnet === null) return [];
  const common = { network_id: id, project_id: '', tenant_id: '', enable_dhcp: true };
  return [{ id: v5('subnet', id), name, cidr: subnet, ip_version: subnet.includes(':') ? 6 : 4, ...common }];
}
