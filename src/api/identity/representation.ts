/** Tokens, projects and the catalogue as Identity v3 shows them. */
import { roles, type Caller } from '../../authentication/caller.ts';
import type { Project } from '../../authentication/identities.ts';
import type { SessionToken } from '../../authentication/session-tokens.ts';

/** There is one domain, which clients must be able to name. */
export const domain = { id: 'default', name: 'Default' } as const;
const region = 'RegionOne';

const services = [
  { type: 'identity', name: 'identity', path: '/v3' },
  { type: 'compute', name: 'nova', path: '/v2.1' },
  { type: 'image', name: 'glance', path: '/image' },
  { type: 'network', name: 'neutron', path: '/network' },
  { type: 'instance-tasks', name: 'instance-tasks', path: '' },
] as const;

/** Where everything is: at the address that the client came to. */
export const catalogAt = (root: string) =>
  services.map(({ type, name, path }) => ({
    id: type,
    type,
    name,
    endpoints: (['public', 'internal', 'admin'] as const).map((face) => ({
      id: `${type}-${face}`,
      interface: face,
      region,
      region_id: region,
      url: `${root}${path}`,
    })),
  }));

/** Implied roles are told, too: clients look for the word `member`. */
const rolesOf = ({ roles: own }: Caller) =>
  roles.filter((_role, index) => own.some((each) => roles.indexOf(each) <= index)).map((name) => ({ id: name, name }));

export const representToken = ({ caller, issuedAt, expiresAt, id, methods }: SessionToken, root: string) => ({
  token: {
    methods,
    user: { id: caller.userId, name: caller.userName, domain, password_expires_at: null },
    audit_ids: [id],
    issued_at: issuedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    project: { id: caller.projectId, name: caller.projectName, domain },
    is_domain: false,
    roles: rolesOf(caller),
    catalog: catalogAt(root),
  },
});

export const representProject = ({ id, name }: Project, root: string) => ({
  id,
  name,
  description: '',
  domain_id: domain.id,
  parent_id: domain.id,
  enabled: true,
  is_domain: false,
  tags: [],
  options: {},
  links: { self: `${root}/v3/projects/${id}` },
});

export const versionAt = (root: string) => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${root}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});
