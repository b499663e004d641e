import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Configuration } from './configuration.ts';
import type { Program } from './server-process.ts';

/** A worker process to be started. */
export interface WorkerCommand extends Program {
  /** Names its log and its record; a person reads it too. */
  readonly name: string;
}

/** The Temporal that workers are to work for. */
export interface Target {
  readonly address: string;
  readonly namespace: string;
  /** True for a server that was started here. Then the settings of the environment and profiles are for another one. */
  readonly own: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The processes of a development set-up: one for the control plane, one for each host, and the API. */
export function workerCommands(
  { file, hosts, simulatedDirectory, api }: Configuration,
  target: Target,
  env: NodeJS.ProcessEnv,
): WorkerCommand[] {
  const command = (name: string, ...words: string[]): WorkerCommand => ({
    name,
    ...itaskCommand(words, file, target, env),
  });
  return [
    command(
      'control',
      ...['worker', '--control', ...(simulatedDirectory === null ? [] : ['--fault-rules', simulatedDirectory])],
    ),
    ...hosts.map(({ name }) => command(name, 'worker', '--host', name)),
    ...(api === null ? [] : [command('api', 'api')]),
  ];
}

/** `itask` with these words, for this Temporal and with this configuration. */
export const itaskCommand = (
  words: readonly string[],
  configurationFile: string,
  target: Target,
  env: NodeJS.ProcessEnv,
): Program => ({
  program: process.execPath,
  arguments: ['--import', 'tsx', 'src/cli/main.ts', ...words],
  folder: root,
  env: { ...environmentFor(target, env), ITASK_CONFIG: configurationFile },
});

/** A worker says that it takes work by a line of JSON on standard output or standard error whose `msg` is `ready`. */
export function saysReady(line: string): boolean {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'msg' in entry && entry.msg === 'ready';
  } catch {
    return false;
  }
}

/** Where clients and workers find the target, by Temporal's own variables. */
export function environmentFor({ address, namespace, own }: Target, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = own ? Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')) : Object.entries(env);
  return {
    ...Object.fromEntries(kept),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    // A profile in the user's configuration file would add credentials for some other server.
    ...(own && { TEMPORAL_CONFIG_FILE: devNull }),
  };
}
