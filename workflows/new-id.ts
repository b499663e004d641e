import { getRandomStream } from '@temporalio/workflow';

/** A new UUID. From a stream of its own: interceptors draw on the common one, and only where there is tracing. */
export const newId = (): string => getRandomStream('ids').uuid4();
