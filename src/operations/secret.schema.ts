import { z } from 'zod';
import type { SealedSecret } from '../model/secret.ts';

/**
 * A key of an input that holds a secret. Whoever reads a schema knows it by `writeOnly`, JSON Schema's word for what can
 * be told and not asked for; the client seals what it finds there.
 */
export const secretText = (text: z.ZodString, description: string) =>
  text.brand<'secret'>().meta({ description, writeOnly: true });

/** The same where the caller may leave it out. What is no text is sealed as JSON. */
export const optionalSecret = <Output, Input>(schema: z.ZodType<Output, Input>, description: string) =>
  schema.brand<'secret'>().exactOptional().meta({ description, writeOnly: true });

/** The same where the caller may say besides that there is to be none. */
export const revocableSecret = <Output, Input>(schema: z.ZodType<Output, Input>, description: string) =>
  schema.brand<'secret'>().nullable().exactOptional().meta({ description, writeOnly: true });

/** An input as everything behind the client knows it. */
export type Sealed<Input> = {
  readonly [Key in keyof Input]: NonNullable<Input[Key]> extends z.core.$brand<'secret'>
    ? SealedSecret | Extract<Input[Key], null>
    : Input[Key];
};

/** The keys of an input that hold secrets. */
export const secretKeysOf = ({ shape }: z.ZodObject): string[] =>
  Object.entries(shape)
    .filter(([, schema]) => schema instanceof z.ZodType && schema.meta()?.['writeOnly'] === true)
    .map(([key]) => key);
