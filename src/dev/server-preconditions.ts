import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import type { Configuration } from './configuration.ts';
import { answersAsTemporal, dialAddress } from './dial.ts';
import { reasonOf, SetUpError } from './set-up-error.ts';

/** The least that a development server needs to start and work a while. */
const neededMegabytes = 100;

/**
 * Looks whether the development server can be started: its folders can be written, there is room, its ports are free.
 * Throws a {@link SetUpError} that says what is in the way and what to do.
 */
export async function requireServerPreconditions({ file, server }: Configuration): Promise<void> {
  for (const folder of [dirname(server.database), server.logs]) await requireRoom(folder);
  await requireFreePort(server.ip, server.port, 'server.port', file);
  await requireFreePort(server.ip, server.uiPort, 'server.ui_port', file);
}

/** What to say of a port that another program has. */
export async function portInUse(ip: string, port: number, key: string, file: string): Promise<SetUpError> {
  const address = dialAddress(ip, port);
  const isTemporal = key === 'server.port' && (await answersAsTemporal(address));
  const who = isTemporal ? `another Temporal server` : 'another program';
  const use = isTemporal ? ` To use that server instead of one of its own, set TEMPORAL_ADDRESS=${address}.` : '';
  return new SetUpError(
    `Port ${port} of ${ip} is in use by ${who}. End it, or choose another port as ${key} in ${basename(file)}.${use}`,
  );
}

async function requireRoom(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new SetUpError(`The folder ${folder} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
  const { bavail, bsize } = await statfs(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  if (megabytes < neededMegabytes) {
    throw new SetUpError(
      `No disk space: only ${megabytes} MB are free for ${folder}, and ${neededMegabytes} MB are needed.`,
    );
  }
}

async function requireFreePort(ip: string, port: number, key: string, file: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ host: ip, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  if (code === 'EADDRINUSE') throw await portInUse(ip, port, key, file);
  throw new SetUpError(
    `The server cannot listen on ${ip}:${port} (${code}): choose another server.ip or ${key} in ${basename(file)}.`,
  );
}
