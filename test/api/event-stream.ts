/** Reading Server-Sent Events, as a client that keeps to the standard does. */
import type { ApiClient } from './api-client.ts';

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** The events of a stream until it ends or the signal is aborted, which is no error. */
export async function* readEvents(
  client: ApiClient,
  path: string,
  { lastEventId, signal }: { readonly lastEventId?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<ServerSentEvent> {
  const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const response = await client.open('GET', path, undefined, headers, signal);
  if (response.status === 204) return;
  if (response.status !== 200 || response.body === null) throw new Error(`no events: ${response.status}`);
  let rest = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const blocks = (rest + read.value).split('\n\n');
      rest = blocks.pop() ?? '';
      yield* blocks.map(parse).filter((event) => event !== null);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Null for a block that carries no data: a comment, or how long to wait before coming back. */
function parse(block: string): ServerSentEvent | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data: JSON.parse(data) as unknown };
}
