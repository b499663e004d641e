import { z } from 'zod';
import { metadataKeyPattern, mostMetadata, mostTags } from './labels.ts';

/** What an instance is for, in a sentence. */
export const descriptionSchema = z
  .string()
  .max(255)
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not contain control characters');

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
export const tagSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^/,\u0000-\u001f\u007f-\u009f]+$/, 'must not contain a slash, a comma or control characters');

export const tagsSchema = z.array(tagSchema).max(mostTags);
