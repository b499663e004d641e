import type { SubmitOptions } from '../client/submit.ts';
import type { Session } from './session.ts';

/** Throws for what is wrong with a request before anything is asked of anybody: it is wrong also when Temporal is away. */
export async function checkRequest(
  session: Session,
  operation: string,
  input: unknown,
  options: SubmitOptions = {},
): Promise<void> {
  const { parseInput } = await import('../client/input.ts');
  parseInput(operation, input, await session.catalogue());
  const { parseTiming } = await import('../client/timing.ts');
  parseTiming(options);
}
