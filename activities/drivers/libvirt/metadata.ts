/**
 * What we note in the definition of a guest, in two elements of which libvirt changes neither by itself: one is written anew
 * whenever a unit has something to say, the other one, which may be long, only together with the definition.
 */
import { z } from 'zod';
import type { NetworkInterface } from '../../../src/model/attachments.ts';
import type { NotedGuest } from '../../../src/model/noted-guest.ts';
import type { GuestDefinition } from '../../../src/operations/units/index.ts';
import type { Opened } from '../driver.ts';
import { interfaceSchema, notedGuestSchema } from '../noted-guest.schema.ts';
import { builder, toJsonText } from './xml.ts';

/** Of the element that changes. */
export const metadataUri = 'urn:instance-tasks:1';
const guestUri = 'urn:instance-tasks:guest:1';

/** Whose guest it is, and what came of it. */
export interface Noted {
  readonly instanceId: string;
  /** The task by which it was defined, or its devices were changed, last; and the fence of the unit that did it. */
  readonly taskId: string;
  readonly fence: string;
  /** The key of the effect that wants the guest started by this definition: what runs under another one was started before. */
  readonly boot: string;
  /** Digest of the definition that was asked for; empty where devices have changed since. */
  readonly digest: string;
  /** Those beside the first, with what their devices do not say. */
  readonly interfaces: readonly NetworkInterface[];
}

/** What a definition has as its metadata. */
export const metadataOf = (noted: Noted, definition: Opened<GuestDefinition>) => ({
  'it:instance': { '@xmlns:it': metadataUri, ...attributesOf(noted) },
  ...(definition.record && {
    'it-guest:guest': { '@xmlns:it-guest': guestUri, '#text': toJsonText(notedGuest(definition, definition.record)) },
  }),
});

/** The element that changes, as `virsh metadata --set` takes it. */
export const toMetadata = (noted: Noted): string => builder.build({ instance: attributesOf(noted) });

const attributesOf = ({ instanceId, taskId, fence, boot, digest, interfaces }: Noted) => ({
  '@instance': instanceId,
  '@task': taskId,
  '@fence': fence,
  '@boot': boot,
  '@digest': digest,
  ...(interfaces.length > 0 && { '@interfaces': toJsonText(interfaces) }),
});

const notedGuest = (
  { name, flavor, configDrive }: Opened<GuestDefinition>,
  record: NotedGuest['record'],
): NotedGuest => ({ name, flavor, hasConfigDrive: configDrive !== undefined, record });

/** Text that is JSON of that kind. */
const jsonOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('is no JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);

const notedSchema = z
  .looseObject({
    '@instance': z.string(),
    '@task': z.string(),
    '@fence': z.string(),
    '@boot': z.string(),
    '@digest': z.string(),
    // Earlier versions did not note them, and later ones may do so otherwise.
    '@interfaces': jsonOf(z.array(interfaceSchema)).catch([]),
  })
  .transform((noted): Noted => ({
    instanceId: noted['@instance'],
    taskId: noted['@task'],
    fence: noted['@fence'],
    boot: noted['@boot'],
    digest: noted['@digest'],
    interfaces: noted['@interfaces'],
  }));

/** The metadata of a definition. Of a guest that is not ours, something else or nothing. */
export const metadataSchema = z
  .looseObject({
    'it:instance': notedSchema,
    'it-guest:guest': z
      .looseObject({ '#text': jsonOf(notedGuestSchema) })
      .nullable()
      .catch(null),
  })
  .transform(({ 'it:instance': noted, 'it-guest:guest': guest }) => ({ noted, guest: guest?.['#text'] ?? null }))
  .nullable()
  .catch(null)
  .default(null);
