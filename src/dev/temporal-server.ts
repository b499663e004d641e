import { createConnection } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { setUpCluster } from './cluster.ts';
import type { Configuration } from './configuration.ts';
import { lastWords, logLines } from './log-file.ts';
import { poll } from './poll.ts';
import { claimRecord, forgetProcess, recordProcess } from './process-record.ts';
import { endProcess, processIdentity } from './process.ts';
import { dialAddress, portInUse, requireServerPreconditions } from './server-preconditions.ts';
import { startServerProcess, type StartedProcess } from './server-process.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';
import type { TemporalCli } from './temporal-cli.ts';

/** A development server that answers, and whose namespace and search attributes are right. */
export interface RunningServer extends StartedProcess {
  readonly address: string;
  readonly uiUrl: string;
  /** Ends it and returns when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface StartServerOptions {
  /** The command that starts it, as a person knows it: kept, and shown where the server is in the way. */
  readonly startedBy: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/** It takes one or two; more only when the machine is busy. */
const startTimeoutMs = 60_000;
/** Ordinarily it is gone in less than one. */
export const serverGraceMs = 10_000;

/** The file that tells of a running process of this clone: `temporal`, `start`, or the name of a worker. */
export const recordFile = ({ server }: Configuration, name: string): string =>
  join(dirname(server.database), 'processes', `${name}.json`);

/**
 * Starts the development server, waits until it answers and makes namespace and search attributes right. Throws a
 * {@link SetUpError} that says what is in the way; then nothing is left running.
 */
export async function startServer(
  configuration: Configuration,
  cli: TemporalCli,
  { startedBy, report, signal }: StartServerOptions,
): Promise<RunningServer> {
  const { server } = configuration;
  const address = dialAddress(server.ip, server.port);
  const uiUrl = `http://${dialAddress(server.ip, server.uiPort)}`;
  await requireServerPreconditions(configuration);
  const record = recordFile(configuration, 'temporal');
  const holder = await claimRecord(record, { startedBy });
  if (holder) throw new SetUpError(`The Temporal server of this folder runs already, as process ${holder.pid}.`);

  let started: StartedProcess | undefined;
  try {
    started = await startServerProcess(configuration, cli);
    await recordProcess(record, started.pid, { startedBy, address, uiUrl, version: cli.version });
    const unexpected = started.exited.then(async (how) =>
      Promise.reject(await startFailure(configuration, started, how)),
    );
    await Promise.race([unexpected, becomeReady(configuration, address, report, signal)]);
    return { ...started, address, uiUrl, stop: stopper(started.pid, record, await processIdentity(started.pid)) };
  } catch (error) {
    if (started) await stopper(started.pid, record, await processIdentity(started.pid))();
    else await forgetProcess(record);
    throw error;
  }
}

const stopper = (pid: number, record: string, identity: string | undefined) => async () => {
  if (identity !== undefined) await endProcess(pid, identity, serverGraceMs);
  await forgetProcess(record);
};

async function becomeReady(
  configuration: Configuration,
  address: string,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { ip, port } = configuration.server;
  const dial = dialAddress(ip, port);
  const listening = await poll(() => listens(ip, port), { withinMs: startTimeoutMs, everyMs: 50, signal });
  if (!listening) throw new SetUpError(`The Temporal server did not open ${dial} in ${startTimeoutMs / 1_000} s.`);
  const connection = await Connection.connect({ address, tls: false });
  try {
    signal?.throwIfAborted();
    await setUpCluster(connection, configuration, report);
  } finally {
    await connection.close();
  }
}

/** True when the port takes connections, undefined when not. */
async function listens(ip: string, port: number): Promise<true | undefined> {
  const host = ip === '0.0.0.0' ? '127.0.0.1' : ip;
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });
}

/** Why a server has ended while it was being started: in a person's words where the cause is a known one. */
async function startFailure(
  { file, server }: Configuration,
  started: StartedProcess | undefined,
  how: string,
): Promise<SetUpError> {
  const log = started?.log ?? '';
  const text = (await logLines(log)).join('\n');
  if (/address already in use/i.test(text)) {
    const [port, key] = text.includes(String(server.uiPort))
      ? [server.uiPort, 'server.ui_port']
      : [server.port, 'server.port'];
    return portInUse(server.ip, port, key, file);
  }
  if (/no space left|disk is full/i.test(text)) {
    return new SetUpError(`No disk space: the database ${server.database} could not be written.`);
  }
  return new SetUpError(
    `The Temporal server ${how} while it was started as ${basename(file)} says. ${await lastWords(log)}`,
  );
}

/** What to say of a server that has ended although it was to stay. */
export async function serverLoss(server: StartedProcess, how: string): Promise<SetUpError> {
  return new SetUpError(`The Temporal server (process ${server.pid}) ${how}. ${await lastWords(server.log)}`);
}

/** Connects to the Temporal at `address` for a look at its set-up, and closes the connection again. */
export async function withConnection<Result>(
  address: string,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address, tls: false, connectTimeout: '3s' }).catch((error: unknown) => {
    throw new SetUpError(`No Temporal server answers at ${address}: ${reasonOf(error)}`, { cause: error });
  });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
