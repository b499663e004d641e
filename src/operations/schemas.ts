/** The input schemas, by operation. Workflow code never loads this: zod stays out of the sandbox. */
import type { z } from 'zod';
import { createSchema } from './create.schema.ts';
import type { OperationName } from './index.ts';
import { migrateSchema } from './migrate.schema.ts';
import { noInputSchema } from './no-input.schema.ts';
import { rebootSchema } from './reboot.schema.ts';
import { rebuildSchema } from './rebuild.schema.ts';
import { recoverSchema } from './recover.schema.ts';
import { rescueSchema } from './rescue.schema.ts';
import { resizeSchema } from './resize.schema.ts';
import { stopSchema } from './stop.schema.ts';

export const inputSchemas = {
  create: createSchema,
  delete: noInputSchema,
  start: noInputSchema,
  stop: stopSchema,
  reboot: rebootSchema,
  pause: noInputSchema,
  unpause: noInputSchema,
  suspend: noInputSchema,
  resume: noInputSchema,
  resize: resizeSchema,
  confirmResize: noInputSchema,
  revertResize: noInputSchema,
  migrate: migrateSchema,
  rebuild: rebuildSchema,
  rescue: rescueSchema,
  unrescue: noInputSchema,
  recover: recoverSchema,
} as const satisfies Record<OperationName, z.ZodType>;

/** What a caller may write as input of an operation: defaults left out. */
export type InputFor<Name extends OperationName> = z.input<(typeof inputSchemas)[Name]>;
