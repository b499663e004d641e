/** Actions that make an image of a server, or a server of an image anew. */
import { z } from 'zod';
import { BadRequest } from '../../http-error.ts';
import { findImage } from '../offers.ts';
import * as types from '../parameters.ts';
import { rebuild } from './rebuild.ts';
import { action, type Action, type ActionRequest, type Answer } from './action.ts';

/** Up to 2.44 the address of the image is in a header. */
function imageAnswer({ version, viewer }: ActionRequest, id: string): Answer {
  return version >= 45
    ? { statusCode: 202, body: { image_id: id } }
    : { statusCode: 202, location: `${viewer.root}/image/v2/images/${id}` };
}

const createImage = action({
  takes: () => z.strictObject({ name: types.name, metadata: types.metadata.optional() }),
  act: async ({ name }, request) => imageAnswer(request, (await request.ask('createImage', { name })).id),
});

const createBackup = action({
  takes: () =>
    z.strictObject({
      name: types.name,
      backup_type: z.string(),
      rotation: types.wholeNumber(0),
      metadata: types.metadata.optional(),
    }),
  act: async ({ name, backup_type: backupType, rotation }, request) => {
    const { id } = await request.ask('createBackup', { name, backupType, rotation });
    // None is kept, so none has an address.
    return rotation === 0 ? { statusCode: 202 } : imageAnswer(request, id);
  },
});

const rescue = action({
  takes: () => z.strictObject({ adminPass: z.string().optional(), rescue_image_ref: types.uuid.optional() }).nullable(),
  act: async (value, { ask, reach, caller, password }) => {
    const adminPass = value?.adminPass ?? password();
    const ref = value?.rescue_image_ref;
    const image = ref === undefined ? null : await findImage(reach, caller, ref);
    if (ref !== undefined && image === null) throw new BadRequest(`Image ${ref} could not be found.`);
    await ask('rescue', {
      ...(image !== null && { image: image.reference }),
      ...(adminPass !== null && { adminPass }),
    });
    return { statusCode: 200, body: adminPass === null ? {} : { adminPass } };
  },
});

/** By the key of the request. */
export const imageActions: Readonly<Record<string, Action>> = { createImage, createBackup, rescue, rebuild };
