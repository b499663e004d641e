/** Worker processes that tests freeze, thaw and kill. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { lineSchema, type Errand, type Line } from './worker-process.ts';

const script = new URL('./worker-process.ts', import.meta.url).pathname;

/** A worker process, as a test holds it. */
export interface WorkerProcess {
  /** Resolves with the first line of that kind, and fails when the process ends without one. */
  said(kind: 'frozen' | 'progress' | 'done' | 'fault'): Promise<Line>;
  freeze(): Promise<void>;
  /** Resolves once the process has stopped itself. */
  frozen(): Promise<void>;
  thaw(): void;
  kill(): void;
  /** Resolves with all lines when the process has ended, in whatever way. */
  ended(): Promise<{ readonly lines: readonly Line[]; readonly signal: string | undefined }>;
}

export function startWorkerProcess(errand: Errand): WorkerProcess {
  const child = execa(process.execPath, ['--import', 'tsx', script, JSON.stringify(errand)], {
    reject: false,
    buffer: { stdout: false },
    stdin: 'ignore',
  });
  const lines: Line[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (text) => lines.push(lineSchema.parse(JSON.parse(text))));
  const closed = once(reader, 'close');

  const find = (kind: string) => lines.find((line) => kind in line);
  const frozen = async () => {
    while (!(await execa('ps', ['-o', 'state=', '-p', String(child.pid)])).stdout.startsWith('T')) await sleep(5);
  };
  return {
    async said(kind) {
      while (find(kind) === undefined) {
        await Promise.race([once(reader, 'line'), closed]);
        if (child.exitCode !== null || child.signalCode !== null) break;
      }
      const line = find(kind);
      if (line === undefined) throw new Error(`the worker ended without "${kind}": ${(await child).stderr}`);
      return line;
    },
    async freeze() {
      child.kill('SIGSTOP');
      await frozen();
    },
    frozen,
    thaw: () => child.kill('SIGCONT'),
    kill: () => child.kill('SIGKILL'),
    async ended() {
      const { signal, exitCode, stderr } = await child;
      await closed;
      if (signal === undefined && exitCode !== 0) throw new Error(`the worker failed: ${stderr}`);
      return { lines, signal };
    },
  };
}
