import { z } from 'zod';
import { metadataKeyPattern, mostMetadata, mostTags } from './labels.ts';
import { printableSchema } from './printable.schema.ts';

/** What an instance is for, in a sentence. */
export const descriptionSchema = printableSchema.max(255);

/** Nova's rule for the keys of metadata. */
export const metadataKeySchema = z
  .string()
  .min(1)
  .max(255)
  .regex(metadataKeyPattern, 'may have letters, digits, spaces and -_:. only');

/** What people and programs note of an instance; a machine reads it. */
export const metadataSchema = z
  .record(metadataKeySchema, z.string().max(255))
  .refine((items) => Object.keys(items).length <= mostMetadata, `has more than ${mostMetadata} items`);

/** A word that instances are found by. */
export const tagSchema = printableSchema
  .min(1)
  .max(60)
  .regex(/^[^/,]*$/, 'must not contain a slash or a comma');

export const tagsSchema = z.array(tagSchema).max(mostTags);
