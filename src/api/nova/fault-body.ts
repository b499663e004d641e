/** Errors as Nova's clients read them: one key, which names the kind. */
import type { HttpError } from '../http-error.ts';

const keys: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

export type FaultBody = Readonly<Record<string, { readonly code: number; readonly message: string }>>;

export const toFaultBody = ({ statusCode: code, message }: Pick<HttpError, 'statusCode' | 'message'>): FaultBody => ({
  [keys[code] ?? 'computeFault']: { code, message },
});
