import { execa } from 'execa';
import { colors } from './colors.ts';
import type { Configuration } from './configuration.ts';
import { SetUpError, type Report } from './set-up-error.ts';
import { itaskCommand } from './worker-command.ts';

/** What the demonstration may use once everything runs. */
export interface DemoContext {
  readonly configuration: Configuration;
  readonly address: string;
  readonly namespace: string;
  /** Null for a Temporal that was not started here. */
  readonly uiUrl: string | null;
  readonly report: Report;
  /** Aborted when the user wants to end. */
  readonly signal: AbortSignal;
}

const name = 'demo';

/** Shows a person who has just started everything what there is to see: an instance, and the task that makes it. */
export async function runDemo(context: DemoContext): Promise<void> {
  const { report } = context;
  const known = await rows(context, 'list');
  if (known.some((instance) => instance['name'] === name)) {
    report(
      `\nThe instances are those of the last time: ${known.map((instance) => String(instance['name'])).join(', ')}`,
    );
  } else {
    report(`\n${colors.dim('$')} itask create ${name} --flavor m1.tiny --image cirros`);
    await itask(context, ['create', name, '--flavor', 'm1.tiny', '--image', 'cirros'], 'inherit');
  }
  const tasks = await rows(context, 'tasks', name).catch(() => []);
  suggest(context, tasks[0]?.['id']);
}

function suggest({ report, uiUrl, namespace }: DemoContext, taskId: unknown): void {
  const say = (command: string, what: string) => report(`  ${colors.bold(command.padEnd(48))} ${what}`);
  if (uiUrl !== null && typeof taskId === 'string') {
    report(`\nIn the Web UI: ${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(`task/${taskId}`)}`);
  }
  report('\nTo try in another terminal:');
  say(`npx itask run reboot ${name} --set type=HARD`, 'a task of one step');
  say(`npx itask run resize ${name} --set flavor=m1.small`, 'a task of many, on two hosts');
  say(`npx itask actions ${name}`, "the same, as Nova's instance actions");
}

/** What a command of `itask` answers, as rows of JSON. */
async function rows(context: DemoContext, ...words: readonly string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await itask(context, [...words, '--output', 'json'], 'pipe');
  const answer: unknown = JSON.parse(stdout ?? '');
  if (!Array.isArray(answer)) throw new SetUpError(`itask ${words.join(' ')} did not answer with a list`);
  return answer.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null);
}

function itask(
  { configuration, address, namespace, uiUrl, signal }: DemoContext,
  words: readonly string[],
  output: 'inherit' | 'pipe',
) {
  const own = uiUrl !== null;
  const command = itaskCommand(words, configuration.file, { address, namespace, own }, process.env);
  return execa(command.program, [...command.arguments], {
    cwd: command.folder,
    env: command.env,
    extendEnv: false,
    stdout: output,
    stderr: 'inherit',
    cancelSignal: signal,
  });
}
