import { basename } from 'node:path';
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
  const { report, configuration } = context;
  const [flavor, image] = [configuration.flavors[0]?.name ?? '', configuration.images[0]?.name ?? ''];
  const known = await rows(context, 'list');
  if (known.some((instance) => instance['name'] === name)) {
    report(
      `\nThe instances are those of the last time: ${known.map((instance) => String(instance['name'])).join(', ')}`,
    );
  } else {
    await show(context, 'create', name, '--flavor', flavor, '--image', image);
    if (configuration.daemons !== null) await showRealMachine(context);
  }
  const tasks = await rows(context, 'tasks', name).catch(() => []);
  suggest(context, tasks[0]?.['id']);
}

/** That it boots is seen on its console, and that a reboot is one, too. */
async function showRealMachine(context: DemoContext): Promise<void> {
  context.report(`\n${colors.dim('$')} itask console ${name} --follow`);
  const console = new BootConsole(context);
  try {
    await console.untilUp();
    await show(context, 'run', 'reboot', name, '--reason', 'to see it boot');
    context.report(`\n${colors.dim('$')} itask console ${name} --follow`);
    await console.untilUp();
  } finally {
    await console.close();
  }
}

/** Runs a command as a person would, and shows it. */
async function show(context: DemoContext, ...words: readonly string[]): Promise<void> {
  const shown = words.map((word) => (word.includes(' ') ? JSON.stringify(word) : word));
  context.report(`\n${colors.dim('$')} itask ${shown.join(' ')}`);
  await itask(context, words, 'inherit');
}

/** What the guest of the demonstration writes, from one boot to the next. */
class BootConsole {
  readonly #report: Report;
  readonly #follower: ReturnType<typeof itask>;
  readonly #lines: AsyncIterator<string>;

  constructor(context: DemoContext) {
    this.#report = context.report;
    this.#follower = itask(context, ['console', name, '--follow'], 'pipe');
    this.#follower.catch(() => undefined);
    this.#lines = this.#follower.iterable();
  }

  /** Shows its lines up to the one by which it says that it is up. */
  async untilUp(): Promise<void> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) return;
      this.#report(colors.dim(`  ${line.value.trimEnd()}`));
      if (line.value.startsWith('IT-UP')) return;
    }
  }

  async close(): Promise<void> {
    this.#follower.kill();
    await this.#follower.catch(() => undefined);
  }
}

function suggest({ report, uiUrl, namespace, configuration }: DemoContext, taskId: unknown): void {
  const isReal = configuration.daemons !== null;
  const say = (command: string, what: string) => report(`  ${colors.bold(command.padEnd(48))} ${what}`);
  if (uiUrl !== null && typeof taskId === 'string') {
    report(`\nIn the Web UI: ${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(`task/${taskId}`)}`);
  }
  report('\nTo try in another terminal:');
  if (isReal) say(`export ITASK_CONFIG=${basename(configuration.file)}`, 'there, first');
  say(`npx itask run reboot ${name} --set type=HARD`, 'a task of one step');
  if (isReal) say(`npx itask console ${name} --follow`, 'what the guest says to that');
  if (isReal) say(`npx itask run liveMigrate ${name}`, 'it goes on elsewhere');
  else say(`npx itask run resize ${name} --set flavor=m1.small`, 'a task of many, on two hosts');
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
