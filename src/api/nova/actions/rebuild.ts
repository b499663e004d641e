/** A server is made of an image anew, and its guest is told who it is from now on. */
import { z } from 'zod';
import { rebuiltConfig } from '../../../operations/guest-config.ts';
import { BadRequest } from '../../http-error.ts';
import { keyNamed, toGuestConfig } from '../guest-config.ts';
import { unexpected } from '../complaint.ts';
import { findImage } from '../offers.ts';
import * as types from '../parameters.ts';
import { toChangedServer } from '../server-view.ts';
import { shownRecord } from '../shown-server.ts';
import { action, type ActionRequest } from './action.ts';

const keys = (version: number) => ({
  imageRef: types.uuid,
  name: types.name.optional(),
  adminPass: z.string().optional(),
  metadata: types.metadata.optional(),
  preserve_ephemeral: types.boolean.optional(),
  'OS-DCF:diskConfig': types.diskConfig.optional(),
  ...types.addresses,
  description: types.description.optional(),
  key_name: types.name.nullable().optional(),
  personality: types.personality.optional(),
  user_data: types.userData.nullable().optional(),
  hostname: types.hostname(version).optional(),
});
type Key = keyof ReturnType<typeof keys>;

/** Since when, and up to when, there is a key. */
const versions: Partial<Record<Key, readonly [from: number, to: number]>> = {
  description: [19, Infinity],
  key_name: [54, Infinity],
  personality: [1, 56],
  user_data: [57, Infinity],
  hostname: [90, Infinity],
};

/** What it may be asked with in that version. */
function schemaOf(version: number) {
  const all = z.strictObject(keys(version));
  const unknown = all.keyof().options.filter((key) => {
    const [from, to] = versions[key] ?? [1, Infinity];
    return version < from || version > to;
  });
  return { all, unknown };
}

export const rebuild = action({
  takes: (version) => {
    const { all, unknown } = schemaOf(version);
    return all.superRefine((value, context) => {
      const named = unknown.filter((key) => value[key] !== undefined);
      if (named.length > 0) context.addIssue({ code: 'custom', message: unexpected(named) });
    });
  },
  act: async (wanted, request) => {
    const { reach, caller, server, viewer, version } = request;
    const adminPass = wanted.adminPass ?? request.password();
    const image = await findImage(reach, caller, wanted.imageRef);
    if (image === null) throw new BadRequest('Cannot find image for rebuild');
    image.expectFit(server.flavor);
    const input = { image: image.reference, ...(await toInput(wanted, request)) };
    const given = { ...toGuestConfig(wanted), ...(wanted.user_data === null && { userData: null }) };
    await request.ask('rebuild', { ...input, ...given, ...(adminPass !== null && { adminPass }) });
    // As it will be, which is what Nova shows at once.
    const now = await reach.client.get(server.id);
    const { userData = null, files: _files, configDrive: _configDrive, ...shown } = given;
    const rebuilt = { ...now, image: image.reference, ...rebuiltConfig(now, { ...input, ...shown }) };
    const hasDrive = rebuilt.configDrive ?? (userData === null && wanted.personality === undefined ? null : {});
    const view = toChangedServer(shownRecord({ ...rebuilt, configDrive: hasDrive }, null), viewer);
    return {
      statusCode: 202,
      location: `${viewer.base}/servers/${server.id}`,
      body: { server: { ...asRebuilt(view, version, userData), ...(adminPass !== null && { adminPass }) } },
    };
  },
});

type Wanted = z.output<ReturnType<typeof schemaOf>['all']>;

/** In the words of the operation, but for what is secret. */
async function toInput({ name, description, metadata, key_name: keyName }: Wanted, { reach, caller }: ActionRequest) {
  const key = typeof keyName === 'string' ? await keyNamed(reach, caller, keyName) : keyName;
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(key !== undefined && { key }),
  };
}

/** Here Nova says `user_data`, from 2.57 on and to everybody, where it otherwise says it with a prefix and to admins. */
function asRebuilt(server: ReturnType<typeof toChangedServer>, version: number, userData: string | null) {
  const { 'OS-EXT-SRV-ATTR:user_data': _data, ...rest } = { 'OS-EXT-SRV-ATTR:user_data': null, ...server };
  return { ...rest, ...(version >= 57 && { user_data: userData }) };
}
