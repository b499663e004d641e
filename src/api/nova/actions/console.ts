import { z } from 'zod';
import { HttpError } from '../../http-error.ts';
import { RefusedError } from '../../../client/errors.ts';
import { wholeNumber } from '../parameters.ts';
import { action, type Action } from './action.ts';

/** -1 asks for all lines, as none at all does. */
const length = z.union([z.literal(-1), z.literal('-1'), wholeNumber(0), z.null()]);

const getConsoleOutput = action({
  takes: () => z.strictObject({ length: length.optional() }),
  act: async ({ length: lines }, { reach, server }) => {
    const limited = typeof lines === 'number' && lines >= 0;
    const notReady = new HttpError(409, 'REFUSED', `Instance ${server.id} is not ready`);
    if (server.residence === null) throw notReady;
    const output = await reach.client.consoleOutput(server.id, limited ? { lines } : {}).catch((error: unknown) => {
      throw error instanceof RefusedError ? notReady : error;
    });
    return { statusCode: 200, body: { output: limited ? lastLines(output, lines) : output } };
  },
});

/** As Nova counts them: what follows the last line break is one, even where nothing does. */
const lastLines = (output: string, lines: number): string =>
  lines === 0 ? output : output.split('\n').slice(-lines).join('\n');

/** By the key of the request. */
export const consoleActions: Readonly<Record<string, Action>> = { 'os-getConsoleOutput': getConsoleOutput };
