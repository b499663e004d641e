import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import pc from 'picocolors';
import { connectionSettings } from '../client/connect.ts';
import { setUpCluster } from './cluster.ts';
import type { Configuration } from './configuration.ts';
import type { DemoContext } from './demo.ts';
import { startCommand } from './dev-server.ts';
import { withConnection } from './dial.ts';
import { listenForInterruption } from './interruption.ts';
import { endLeftovers } from './leftovers.ts';
import { beginLog, lastWords } from './log-file.ts';
import { claimRecord, forgetProcess, runningProcess } from './process-record.ts';
import { reasonOf, SetUpError, type Report } from './set-up-error.ts';
import { provideTemporalCli } from './temporal-cli.ts';
import { recordFile, startServer, type RunningServer } from './temporal-server.ts';
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

/** A Temporal that is there: one started here, or one that was found. */
interface Temporal extends Target {
  readonly uiUrl: string | null;
  /** Present when it is ours to end. */
  readonly server?: RunningServer;
}

/** What was started and is to be ended, in this order. */
interface Started {
  readonly workers: SupervisedWorker[];
  server?: RunningServer;
}

/** The exit code of a program that was ended by Ctrl-C before it had anything to show. */
const interrupted = 130;

/**
 * Starts Temporal and the workers, shows the demonstration, and stays until the user wants to end; then it ends all that
 * it has started. Returns the exit code: 0 after an ordinary end, 1 after a failure, which it has reported.
 */
export async function launch(options: LaunchOptions): Promise<number> {
  const { configuration, report } = options;
  const started: Started = { workers: [] };
  const killAll = () => {
    for (const worker of started.workers) worker.kill();
    started.server?.send('SIGKILL');
  };
  const interruption = listenForInterruption(() => process.exit(interrupted));
  // However this process ends, nothing of it stays.
  process.on('exit', killAll);
  const own = recordFile(configuration, 'start');
  const holder = await claimRecord(own, {}).catch((error: unknown) => Promise.reject(unwritable(own, error)));
  try {
    if (holder) throw new SetUpError(`\`${startCommand}\` runs here already, as process ${holder.pid}.`);
    const loss = await startAll(options, started, interruption.signal);
    report(pc.dim('Ctrl-C ends everything that was started. It can be started again and goes on where it was.'));
    await Promise.race([interruption.requested, loss]);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return interrupted;
    report(pc.red(error instanceof SetUpError ? error.message : describe(error)));
    return 1;
  } finally {
    if (interruption.signal.aborted) report('Ending everything; Ctrl-C again does it at once');
    await endAll(started);
    if (!holder) await forgetProcess(own);
    process.off('exit', killAll);
    interruption.dispose();
  }
}
