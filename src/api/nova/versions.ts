/** The documents by which clients find out what is served: nobody needs to have signed in for them. */
import type { Api } from '../application.ts';
import { rootOf } from '../root-url.ts';
import { newest, oldest, wordOf } from './microversion.ts';

const open = { public: true } as const;
const mediaType = 'application/json';

const versionAt = (root: string) => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: wordOf(newest),
  min_version: wordOf(oldest),
  updated: '2013-07-23T11:33:21Z',
  links: [{ rel: 'self', href: `${root}/v2.1/` }],
});

/** The versions that there are, at the address that the client came to. */
export const versionsDocument = (root: string) => ({ versions: [versionAt(root)] });

/** `GET /v2.1`: this one. */
export function addVersion(api: Api): void {
  api.get('/', { config: open }, async (request) => {
    const version = versionAt(rootOf(request));
    return {
      version: {
        ...version,
        links: [
          ...version.links,
          { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/api-ref/compute/' },
        ],
        'media-types': [{ base: mediaType, type: 'application/vnd.openstack.compute+json;version=2.1' }],
      },
    };
  });
}
