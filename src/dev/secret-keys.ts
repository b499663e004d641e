import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { reasonOf, SetUpError } from './set-up-error.ts';

/**
 * The secret keys in a file, which is made with a new key where there is none; only its owner may read it. Throws a
 * {@link SetUpError} when it cannot be read, or holds no keys.
 */
export async function provideSecretKeys(file: string): Promise<SecretKeys> {
  try {
    const text = await readFile(file, 'utf8').catch(() => make(file));
    return SecretKeys.parse(text);
  } catch (error) {
    throw new SetUpError(`The secret keys in ${file} cannot be had: ${reasonOf(error)}`, { cause: error });
  }
}

/** Several processes may begin at once: the first file stays, and all read that. */
async function make(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const draft = join(dirname(file), `.${randomUUID()}.draft`);
  await writeFile(draft, `${SecretKeys.generate('dev')}\n`, { mode: 0o600 });
  try {
    await link(draft, file).catch(() => undefined);
    return await readFile(file, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}
