import { createConnection } from 'node:net';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { reasonOf, SetUpError } from './set-up-error.ts';

/** The address that a client on this machine dials for a server that listens on `ip`. */
const dialHost = (ip: string): string => (ip === '0.0.0.0' ? '127.0.0.1' : ip === '::' ? '::1' : ip);

/** `HOST:PORT` as a client on this machine dials it. */
export function dialAddress(ip: string, port: number): string {
  const host = dialHost(ip);
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True when the port takes connections, undefined when not. */
export async function listens(ip: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: dialHost(ip), port });
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Whether a Temporal server is there. Takes a second at most. */
export const answersAsTemporal = (address: string): Promise<boolean> =>
  withConnection(address, async () => true, '1s').catch(() => false);

/**
 * Connects to a development server for a look at its set-up, and closes the connection again. Throws a
 * {@link SetUpError} when nothing answers.
 */
export function withConnection<Result>(
  address: string,
  use: (connection: Connection) => Promise<Result>,
  connectTimeout: Duration = '5s',
): Promise<Result> {
  return withConnectionBy({ address, tls: false, connectTimeout }, use);
}

/** Like {@link withConnection}, for any Temporal. */
export async function withConnectionBy<Result>(
  options: ConnectionOptions & { readonly address: string },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = Connection.lazy(options);
  try {
    await connection.ensureConnected().catch((error: unknown) => {
      throw new SetUpError(`No Temporal server answers at ${options.address}: ${reasonOf(error)}`, { cause: error });
    });
    return await use(connection);
  } finally {
    await connection.close();
  }
}
