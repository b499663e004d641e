import { join } from 'node:path';
import { colors } from './colors.ts';
import { cloudNames, cloudsFile } from './clouds.ts';
import type { ApiConfiguration, Configuration } from './configuration.ts';
import type { DemoContext } from './demo.ts';
import { startCommand } from './dev-server.ts';
import { listenForInterruption, unlessAborted } from './interruption.ts';
import { endLeftovers } from './leftovers.ts';
import { endDaemons, killDaemons, startDaemons } from './daemon-processes.ts';
import { beginLog, lastWords } from './log-file.ts';
import type { OwnDaemons } from './own-daemons.ts';
import { claimRecord, forgetProcess } from './process-record.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';
import { recordFile, type RunningServer } from './temporal-server.ts';
import { provideTemporal, type Temporal } from './temporal.ts';
import type { Target, WorkerCommand } from './worker-command.ts';
import { superviseWorker, type SupervisedWorker } from './worker-process.ts';

export interface LaunchOptions {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly workers: (configuration: Configuration, target: Target, env: NodeJS.ProcessEnv) => readonly WorkerCommand[];
  /** Whether a line of a worker's output says that it takes work. */
  readonly isReady: (line: string) => boolean;
  /** Runs once everything is there. */
  readonly demo: (context: DemoContext) => Promise<void>;
}

/** What was started, and is to be ended. */
interface Started {
  workers: readonly SupervisedWorker[];
  server: RunningServer | undefined;
  /** libvirt daemons, of which each may run. */
  daemons: OwnDaemons | null;
  /** From the moment that all of it takes work. */
  complete: boolean;
  /** From the moment that all of it is to end. */
  ending: boolean;
}

/** The exit code of a program that was ended by Ctrl-C before it had done what it was started for. */
const interrupted = 130;

/**
 * Starts Temporal and the workers, runs the demonstration, and stays until the user wants to end; then it ends all that
 * it has started. Returns the exit code, after it has reported what went wrong if anything did.
 */
export async function launch(options: LaunchOptions): Promise<number> {
  const { configuration, report } = options;
  const started: Started = { workers: [], server: undefined, daemons: null, complete: false, ending: false };
  const interruption = listenForInterruption(() => process.exit(interrupted));
  const killAll = () => {
    for (const worker of started.workers) worker.kill();
    started.server?.send('SIGKILL');
    if (started.daemons !== null) killDaemons(started.daemons);
  };
  // However this process ends, as long as it can do anything about it, nothing of it stays.
  process.on('exit', killAll);
  try {
    await onlyOnce(configuration, async () => {
      try {
        await run(options, started, interruption.signal);
      } finally {
        if (interruption.signal.aborted) report('\nEnding everything; Ctrl-C again does it at once');
        await endAll(started, report);
      }
    });
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return started.complete ? 0 : interrupted;
    report(colors.red(messageOf(error)));
    return 1;
  } finally {
    process.off('exit', killAll);
    interruption.dispose();
  }
}

/** Throws when another process has launched everything from this clone and is still there. */
async function onlyOnce(configuration: Configuration, action: () => Promise<void>): Promise<void> {
  const record = recordFile(configuration, 'start');
  const holder = await claimRecord(record, {}).catch((error: unknown) => {
    throw new SetUpError(`The folder for what is kept between starts cannot be written: ${reasonOf(error)}`);
  });
  if (holder) throw new SetUpError(`\`${startCommand}\` runs here already, as process ${holder.pid}.`);
  try {
    await action();
  } finally {
    await forgetProcess(record);
  }
}

/** Returns never: it rejects when something is lost or when the signal is aborted. */
async function run(options: LaunchOptions, started: Started, signal: AbortSignal): Promise<void> {
  const { configuration, report } = options;
  await endLeftovers(configuration, report);
  const temporal = await provideTemporal(configuration, { ...options, signal });
  started.server = temporal.server;
  const work = async () => {
    await startHypervisors(options, started, signal);
    await startWorkers(options, temporal, started);
    await Promise.all(started.workers.map(({ ready }) => ready));
    signal.throwIfAborted();
    started.complete = true;
    summarize(options, temporal, started.workers);
    const { address, namespace, uiUrl } = temporal;
    await options.demo({ configuration, address, namespace, uiUrl, report, signal });
    report(colors.dim('Ctrl-C ends all of this. The next start goes on with the same instances.'));
    await new Promise(() => undefined);
  };
  await unlessAborted(signal, Promise.race([work(), lossOf(temporal.server)]));
}

async function startHypervisors({ configuration, report }: LaunchOptions, started: Started, signal: AbortSignal) {
  const { daemons, images } = configuration;
  if (daemons === null) return;
  started.daemons = daemons;
  await startDaemons(daemons, { images: images.map(({ name }) => name), report, signal });
}

async function startWorkers(options: LaunchOptions, temporal: Temporal, started: Started): Promise<void> {
  const { configuration, report, isReady, env } = options;
  const commands = options.workers(configuration, temporal, env);
  const log = (name: string) => join(configuration.server.logs, `${name}.log`);
  report(`Starting ${commands.length} workers: ${commands.map(({ name }) => name).join(', ')}`);
  await Promise.all(commands.map(({ name }) => beginLog(log(name))));
  if (started.ending) return;
  started.workers = commands.map((command) => {
    const record = recordFile(configuration, `worker-${command.name}`);
    return superviseWorker(command, { log: log(command.name), record, isReady, report });
  });
}

/** Rejects when a server that was started here ends. */
async function lossOf(server: RunningServer | undefined): Promise<never> {
  const how = await (server?.exited ?? new Promise<string>(() => undefined));
  throw new SetUpError(`The Temporal server (process ${server?.pid}) ${how}. ${await lastWords(server?.log ?? '')}`);
}

/** Workers first: they tell Temporal what they leave unfinished, and shall not see guests go to sleep. */
async function endAll(started: Started, report: Report): Promise<void> {
  started.ending = true;
  await Promise.all(started.workers.map((worker) => worker.stop()));
  if (started.daemons !== null) await endDaemons(started.daemons, { report });
  started.daemons = null;
  await started.server?.stop();
}

function summarize({ configuration, report }: LaunchOptions, temporal: Temporal, workers: readonly SupervisedWorker[]) {
  const processes = workers.map(({ name, pid }) => `${name} (process ${pid()})`);
  report(`Temporal  ${temporal.address}, namespace ${temporal.namespace}`);
  if (temporal.uiUrl !== null) report(`Web UI    ${temporal.uiUrl}`);
  report(`Workers   ${processes.join(', ')}`);
  report(`Logs      ${configuration.server.logs}`);
  if (configuration.api !== null) reportApi(configuration.api, report);
}

function reportApi({ ip, port, tls, identities }: ApiConfiguration, report: Report): void {
  report(`API       ${tls === null ? 'http' : 'https'}://${ip}:${port}`);
  if (identities !== null) report(`Clouds    ${cloudNames.join(' and ')}, in ${cloudsFile(identities)}`);
}

/** Only what was not foreseen comes with a stack trace. */
const messageOf = (error: unknown): string =>
  error instanceof SetUpError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
