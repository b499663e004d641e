/** The input schemas, by operation. Workflow code never loads this: zod stays out of the sandbox. */
import { z } from 'zod';
import { attachInterfaceSchema } from './attach-interface.schema.ts';
import { attachVolumeSchema } from './attach-volume.schema.ts';
import { changePasswordSchema } from './change-password.schema.ts';
import { detachInterfaceSchema } from './detach-interface.schema.ts';
import { detachVolumeSchema } from './detach-volume.schema.ts';
import { swapVolumeSchema } from './swap-volume.schema.ts';
import { createBackupSchema } from './create-backup.schema.ts';
import { createImageSchema } from './create-image.schema.ts';
import { createSchema } from './create.schema.ts';
import { evacuateSchema } from './evacuate.schema.ts';
import type { OperationName } from './index.ts';
import { liveMigrateSchema } from './live-migrate.schema.ts';
import { lockSchema } from './lock.schema.ts';
import { migrateSchema } from './migrate.schema.ts';
import { noInputSchema } from './no-input.schema.ts';
import { rebootSchema } from './reboot.schema.ts';
import { rebuildSchema } from './rebuild.schema.ts';
import { recoverSchema } from './recover.schema.ts';
import { rescueSchema } from './rescue.schema.ts';
import { resetStateSchema } from './reset-state.schema.ts';
import { resizeSchema } from './resize.schema.ts';
import { shelveSchema } from './shelve.schema.ts';
import { softDeleteSchema } from './soft-delete.schema.ts';
import { stopSchema } from './stop.schema.ts';
import { unshelveSchema } from './unshelve.schema.ts';
import { syncPowerStateSchema } from './sync-power-state.schema.ts';
import { updateSchema } from './update.schema.ts';
import { updateMetadataSchema } from './update-metadata.schema.ts';
import { updateTagsSchema } from './update-tags.schema.ts';

/** Of the operations that take something. */
const inputSchemas = {
  create: createSchema,
  stop: stopSchema,
  reboot: rebootSchema,
  resize: resizeSchema,
  migrate: migrateSchema,
  evacuate: evacuateSchema,
  liveMigrate: liveMigrateSchema,
  rebuild: rebuildSchema,
  rescue: rescueSchema,
  softDelete: softDeleteSchema,
  lock: lockSchema,
  resetState: resetStateSchema,
  createImage: createImageSchema,
  createBackup: createBackupSchema,
  shelve: shelveSchema,
  unshelve: unshelveSchema,
  recover: recoverSchema,
  attachInterface: attachInterfaceSchema,
  attachVolume: attachVolumeSchema,
  changePassword: changePasswordSchema,
  detachInterface: detachInterfaceSchema,
  detachVolume: detachVolumeSchema,
  swapVolume: swapVolumeSchema,
  syncPowerState: syncPowerStateSchema,
  update: updateSchema,
  updateMetadata: updateMetadataSchema,
  updateTags: updateTagsSchema,
} as const satisfies Partial<Record<OperationName, z.ZodObject>>;
type InputSchemas = typeof inputSchemas;

/** What a caller may write as input of an operation: defaults left out. */
export type InputFor<Name extends OperationName> = z.input<
  Name extends keyof InputSchemas ? InputSchemas[Name] : typeof noInputSchema
>;

/** The schema of an operation's input. */
export function inputSchemaOf(name: OperationName): z.ZodObject {
  const schemas: Partial<Record<OperationName, z.ZodObject>> = inputSchemas;
  return schemas[name] ?? noInputSchema;
}

/** What a caller may write, as JSON Schema. */
export const inputJsonSchema = (name: OperationName) => z.toJSONSchema(inputSchemaOf(name), { io: 'input' });

const examplesSchema = z.array(z.record(z.string(), z.unknown()));

/** Inputs that callers may write, names of flavors in place of flavors; where a schema gives none, nothing is one. */
export function inputExamples(name: OperationName): readonly Readonly<Record<string, unknown>>[] {
  return examplesSchema.parse(inputSchemaOf(name).meta()?.['examples'] ?? [{}]);
}

/** One key of an operation's input, for people. */
export interface InputField {
  readonly key: string;
  /** `string`, `SOFT or HARD`, `integer, 0 to 3600`. */
  readonly takes: string;
  readonly required: boolean;
  /** What stands where it is absent, as JSON; null when nothing does. */
  readonly usual: string | null;
  readonly description: string;
}

/** What an operation takes, key by key. */
export function inputFields(name: OperationName): InputField[] {
  const { properties = {}, required = [] } = inputJsonSchema(name);
  return Object.entries(properties).flatMap(([key, schema]) => {
    if (typeof schema === 'boolean') return [];
    const usual = schema.default === undefined ? null : JSON.stringify(schema.default);
    const { description = '' } = schema;
    return [{ key, takes: typeText(schema), required: required.includes(key), usual, description }];
  });
}

function typeText({ type, enum: words, anyOf, minimum, maximum }: z.core.JSONSchema.BaseSchema): string {
  if (words !== undefined) return words.join(' or ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join(' or ');
  const name = String(type ?? 'anything');
  return minimum === undefined || maximum === undefined ? name : `${name}, ${minimum} to ${maximum}`;
}
