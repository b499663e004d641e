import { z } from 'zod';
import type { SealedSecret } from '../model/secret.ts';

/**
 * A key of an input that holds a secret. Whoever reads a schema knows it by `writeOnly`, JSON Schema's word for what can
 * be told and not asked for; the client seals what it finds there.
 */
export const secretText = (text: z.ZodString, description: string) =>
  text.brand<'secret'>().meta({ description, writeOnly: true });

/** The same where the caller may leave it out. */
export const optionalSecretText = (text: z.ZodString, description: string) =>
  secretText(text, description).exactOptional().meta({ description, writeOnly: true });

type Secret = z.infer<ReturnType<typeof secretText>>;

/** An input as everything behind the client knows it. */
export type Sealed<Input> = {
  readonly [Key in keyof Input]: NonNullable<Input[Key]> extends Secret ? SealedSecret : Input[Key];
};

/** The keys of an input that hold secrets. */
export const secretKeysOf = ({ shape }: z.ZodObject): string[] =>
  Object.entries(shape)
    .filter(([, schema]) => schema instanceof z.ZodType && schema.meta()?.['writeOnly'] === true)
    .map(([key]) => key);
