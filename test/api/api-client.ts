/** A client of the API that knows nothing but HTTP. */
import { z } from 'zod';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What the body says, where it is JSON. */
  readonly body: unknown;
  readonly text: string;
}

const named = z.looseObject({ id: z.string() });

/** The id of what was answered. */
export const idIn = ({ body, status }: Answer): string => {
  const { data } = named.safeParse(body);
  if (data === undefined) throw new Error(`an answer of ${status} without an id: ${JSON.stringify(body)}`);
  return data.id;
};

export class ApiClient {
  readonly url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.url = url;
    this.#token = token;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.open(method, path, body, headers);
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    const said: unknown = isJson ? JSON.parse(text) : null;
    return { status: response.status, headers: response.headers, text, body: said };
  }

  /** The answer with its body unread. Bytes and text are sent as they are, all else as JSON. */
  open(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(this.#token !== null && { 'x-auth-token': this.#token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
      }),
      ...(signal && { signal }),
    });
  }
}
