import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connectionSettings, type ConnectOptions } from '../client/connect.ts';
import { UnreachableError } from '../client/errors.ts';
import { startTracing, type Tracing } from './tracing.ts';

/** What workers are made from: their connection, and a client over the same. */
export interface WorkerConnection {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly client: Client;
  readonly tracing: Tracing | null;
}

/** Connects a worker by the same settings as a client. Throws {@link UnreachableError}. */
export async function connectWorker(options: ConnectOptions = {}): Promise<WorkerConnection> {
  const { connection: settings, namespace } = connectionSettings(options);
  try {
    const connection = await NativeConnection.connect(settings);
    const tracing = startTracing();
    const interceptors = tracing === null ? {} : { interceptors: { workflow: [tracing.client] } };
    return { connection, namespace, tracing, client: new Client({ connection, namespace, ...interceptors }) };
  } catch (error) {
    throw new UnreachableError(`Temporal cannot be reached at ${settings.address}`, { cause: error });
  }
}
