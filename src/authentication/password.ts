/** Passwords as they are kept: a scrypt hash with its salt, `scrypt$<salt>$<hash>`, both in base64url. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const hashLength = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** Shape of a kept password. */
export const hashPattern = /^scrypt\$([\w-]{16,})\$([\w-]{43})$/;

/** What to keep of a password or another secret that people or programs come with. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt, hashLength)).toString('base64url')}`;
}

/** Whether it is the password that was kept so. Takes as long for a wrong one as for the right one. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, salt = '', hash = ''] = hashPattern.exec(kept) ?? [];
  const derived = await derive(password, Buffer.from(salt, 'base64url'), hashLength);
  const expected = Buffer.from(hash, 'base64url');
  return expected.length === derived.length && timingSafeEqual(derived, expected);
}
