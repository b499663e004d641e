/** Queries of Temporal's visibility, page by page. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { queryLiteral, type SearchAttributeName } from '../model/search-attributes.ts';
import { InvalidInputError } from './errors.ts';
import { call } from './gateway.ts';
import { fromPageToken, toPageToken } from './page-token.ts';

/** A part of a list; `next` asks for the part that follows. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface PageOptions {
  /** Rows at most, 1 to 1000; 100 where absent. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly page?: string;
}

/** Conditions that these attributes have these values; those without one are no condition. */
export const equal = (values: { readonly [Name in SearchAttributeName]?: string | undefined }): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]));

/** A word of a query. Throws {@link InvalidInputError} for one that the server could not even read. */
export function quoted(value: string): string {
  if (/\p{Cc}/u.test(value)) {
    throw new InvalidInputError([{ path: 'filter', message: 'must not contain control characters: nothing has them' }]);
  }
  return queryLiteral(value);
}

/** A page of what a query finds. Throws {@link InvalidInputError} for a wrong limit or token. */
export async function page<Row>(
  client: Client,
  where: readonly string[],
  { limit = 100, page: token }: PageOptions,
  toRow: (info: WorkflowExecutionInfo) => Row,
): Promise<Page<Row>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidInputError([{ path: 'limit', message: 'takes a whole number from 1 to 1000' }]);
  }
  const { namespace, loadedDataConverter } = client.options;
  const query = where.join(' AND ');
  const from = token === undefined ? {} : { nextPageToken: fromPageToken(query, token) };
  const { executions, nextPageToken } = await call(client, 'list', () =>
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: limit, ...from }),
  );
  const infos = await Promise.all(
    executions.map((raw) => executionInfoFromRaw(raw, loadedDataConverter, raw, namespace)),
  );
  return { rows: infos.map(toRow), next: toPageToken(query, nextPageToken) };
}
