import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Configuration } from './configuration.ts';
import { attributeTypeWords } from './configuration.schema.ts';
import { beginLog, withLog } from './log-file.ts';
import { SetUpError } from './set-up-error.ts';
import type { TemporalCli } from './temporal-cli.ts';

/** A process that this one has started. It stays when this one ends. */
export interface StartedProcess {
  readonly pid: number;
  readonly log: string;
  /** Resolves with how it ended, in words: `ended with exit code 1`, `was killed by SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  /** Does nothing once it has ended. */
  readonly send: (signal: NodeJS.Signals) => void;
}

/** A program to start as a process of its own. */
export interface Program {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts a program that writes to a log. It has a process group of its own, so that Ctrl-C in the terminal reaches only
 * the process that started it, which then ends all in the right order.
 */
export async function startProcess(
  { program, arguments: programArguments, folder, env }: Program,
  log: string,
): Promise<StartedProcess> {
  const child = await withLog(log, async (descriptor) => {
    const started = spawn(program, programArguments, {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    });
    return await new Promise<typeof started>((resolve, reject) => {
      started.once('spawn', () => resolve(started));
      started.once('error', (error) => reject(new SetUpError(`${program} cannot be run: ${error.message}`)));
    });
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with exit code ${code}`));
  });
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new SetUpError(`${program} cannot be run`);
  return { pid, log, exited, send: (signal) => void child.kill(signal) };
}

/** Starts the development server as the configuration says, without waiting until it answers. */
export async function startServerProcess(configuration: Configuration, cli: TemporalCli) {
  const { file, server } = configuration;
  const log = join(server.logs, 'temporal.log');
  await beginLog(log);
  const programArguments = serverArguments(configuration);
  return startProcess(
    { program: cli.path, arguments: programArguments, folder: dirname(file), env: ownEnvironment() },
    log,
  );
}

function serverArguments({ server, namespace, searchAttributes }: Configuration): string[] {
  const each = <Value>(flag: string, entries: Readonly<Record<string, Value>>, write: (value: Value) => string) =>
    Object.entries(entries).flatMap(([key, value]) => [flag, `${key}=${write(value)}`]);
  return (
    ['server', 'start-dev', '--ip', server.ip, '--port', String(server.port), '--ui-port', String(server.uiPort)]
      .concat(['--db-filename', server.database, '--namespace', namespace.name, '--log-level', server.logLevel])
      .concat('--ui-disable-news-fetch')
      // A new database has them from the start; one that is there keeps what it has.
      .concat(each('--search-attribute', searchAttributes, (type) => attributeTypeWords[type]))
      .concat(each('--sqlite-pragma', server.sqlitePragmas, String))
      .concat(each('--dynamic-config-value', server.dynamicConfiguration, (value) => JSON.stringify(value)))
  );
}

/**
 * Settings for clients of Temporal have no business in its server. Go's collector runs less often than it would by itself:
 * a tenth of the server's work saved, for some hundred megabytes.
 */
const ownEnvironment = (): NodeJS.ProcessEnv => ({
  GOGC: '400',
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'))),
});
