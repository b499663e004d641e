import { createConnection } from 'node:net';
import { Connection } from '@temporalio/client';
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
export async function answersAsTemporal(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, tls: false, connectTimeout: '1s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Connects to a development server for a look at its set-up, and closes the connection again. Throws a
 * {@link SetUpError} when nothing answers.
 */
export async function withConnection<Result>(
  address: string,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address, tls: false, connectTimeout: '5s' }).catch((error: unknown) => {
    throw new SetUpError(`No Temporal server answers at ${address}: ${reasonOf(error)}`, { cause: error });
  });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
