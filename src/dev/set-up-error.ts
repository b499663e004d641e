import { types } from 'node:util';

/**
 * The environment is not as it must be: no Temporal to be had, a port in use, a folder that cannot be written. The message
 * is written for a person, names what to do and is all that should be shown of it.
 */
export class SetUpError extends Error {
  override name = 'SetUpError';
}

/** Takes one line of progress for a person. */
export type Report = (line: string) => void;

/** What went wrong, of anything thrown, in one line. */
export function reasonOf(error: unknown): string {
  const text = types.isNativeError(error) ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

/** Whether the system failed a call with this code, such as `ENOENT`. */
export const failedWith = (error: unknown, code: string): boolean =>
  types.isNativeError(error) && 'code' in error && error.code === code;
