/** Errors of the native API: RFC 9457, application/problem+json. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { HttpError } from './http-error.ts';

export const problemMediaType = 'application/problem+json';

export const problemSchema = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string().describe('what the status code says'),
    status: z.int(),
    detail: z.string().describe('one sentence: what was wrong, and what would be right'),
    code: z.string().describe('stable, for programs'),
    request_id: z.string(),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('what is wrong with the input, one by one'),
    task_in_the_way: z
      .looseObject({ id: z.string(), action: z.string(), verbs: z.array(z.string()) })
      .optional()
      .describe('the task that the request ran into, and what may be done with it'),
  })
  .meta({ id: 'problem', title: 'Problem', description: 'why a request was not carried out (RFC 9457)' });
export type Problem = z.infer<typeof problemSchema>;

export const toProblem = ({ statusCode, code, message, extensions }: HttpError, requestId: string): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[statusCode] ?? 'Error',
  status: statusCode,
  detail: message,
  code,
  request_id: requestId,
  ...extensions,
});
