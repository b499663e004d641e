import { setTimeout as sleep } from 'node:timers/promises';
import { lastWords, logLines, logSize } from './log-file.ts';
import { poll } from './poll.ts';
import { forgetProcess, recordProcess } from './process-record.ts';
import { endProcess } from './process.ts';
import { startProcess, type StartedProcess } from './server-process.ts';
import { SetUpError, type Report } from './set-up-error.ts';
import type { WorkerCommand } from './worker-command.ts';

/** A worker process that is started again when it dies. */
export interface SupervisedWorker {
  readonly name: string;
  /** Resolves when the worker is ready for the first time. Rejects with a {@link SetUpError} when it cannot be had. */
  readonly ready: Promise<void>;
  /** The process that is the worker at this moment; undefined between two of them. */
  readonly pid: () => number | undefined;
  /** Lets it finish what it does for some seconds, ends it and returns when it is gone. */
  readonly stop: () => Promise<void>;
  /** Ends it at once. */
  readonly kill: () => void;
}

export interface SuperviseOptions {
  readonly log: string;
  /** The file that tells of the running process. */
  readonly record: string;
  /** Whether a line that the worker has printed says that it is ready. */
  readonly isReady: (line: string) => boolean;
  readonly report: Report;
}

/** Time for a machine that is busy with starting all workers at once. */
const readyTimeoutMs = 60_000;
/** Long enough to see what a dead worker means, short enough not to wait for it. */
const restartDelayMs = { first: 2_000, most: 30_000 };
/** More than the time that a worker leaves to the units that it runs. */
const workerGraceMs = 15_000;

/** Starts a worker process and keeps it running until it is stopped. */
export function superviseWorker(command: WorkerCommand, options: SuperviseOptions): SupervisedWorker {
  const { name } = command;
  const stopping = new AbortController();
  let current: { process: StartedProcess; identity: string } | undefined;

  const start = async () => {
    const logFrom = await logSize(options.log);
    const process = await startProcess(command, options.log);
    const { identity } = await recordProcess(options.record, process.pid, { name });
    current = { process, identity };
    // A stop that came in between has found nothing to end.
    if (stopping.signal.aborted) process.send('SIGTERM');
    return { process, becomesReady: untilReady(name, process, logFrom, options.isReady) };
  };

  const first = start();
  const ready = first.then(({ becomesReady }) => becomesReady);
  const giveUp = () => undefined;
  const supervision = ready.then(keepAlive, giveUp).catch((error: unknown) => {
    if (!stopping.signal.aborted) options.report(`Worker ${name}: ${String(error)}`);
  });

  /** Once the worker has been ready: starts it again each time that it ends. */
  async function keepAlive(): Promise<void> {
    let delay = restartDelayMs.first;
    let { process } = await first;
    for (;;) {
      const how = await process.exited;
      current = undefined;
      if (stopping.signal.aborted) return;
      options.report(`Worker ${name} (process ${process.pid}) ${how}. It is started again in ${delay / 1_000} s.`);
      await sleep(delay, undefined, { signal: stopping.signal });
      const next = await start();
      process = next.process;
      const isReady = await next.becomesReady.then(
        () => true,
        () => false,
      );
      if (isReady) options.report(`Worker ${name} is back, as process ${process.pid}.`);
      delay = isReady ? restartDelayMs.first : Math.min(2 * delay, restartDelayMs.most);
    }
  }

  return {
    name,
    ready,
    pid: () => current?.process.pid,
    stop: async () => {
      stopping.abort();
      await first.catch(() => undefined);
      if (current) await endProcess(current.process.pid, current.identity, workerGraceMs);
      await supervision;
      await forgetProcess(options.record);
    },
    kill: () => {
      stopping.abort();
      current?.process.send('SIGKILL');
    },
  };
}

/** Resolves when the log says so; rejects when the process ends or the time is up before. */
async function untilReady(
  name: string,
  process: StartedProcess,
  logFrom: number,
  isReady: (line: string) => boolean,
): Promise<void> {
  let ended: string | undefined;
  void process.exited.then((how) => (ended = how));
  const outcome = await poll(async () => ((await logLines(process.log, logFrom)).some(isReady) ? 'ready' : ended), {
    withinMs: readyTimeoutMs,
  });
  if (outcome === 'ready') return;
  const what = outcome ?? `was not ready in ${readyTimeoutMs / 1_000} s`;
  throw new SetUpError(`Worker ${name} ${what}. ${await lastWords(process.log, logFrom)}`);
}
