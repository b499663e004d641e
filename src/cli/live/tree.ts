/** A task as a tree of its steps, in words and marks: what a terminal shows while it runs. */
import type { Colors } from '../../dev/colors.ts';
import type { Task } from '../../model/task.ts';
import { median } from '../../model/histogram.ts';
import { findOperation } from '../../operations/index.ts';
import { printable } from '../text/printable.ts';
import { paintState, stepMarks } from '../text/states.ts';
import { leftText, slowText } from '../text/outlook.ts';
import { between, duration } from '../text/time.ts';
import { waitText } from '../text/waiting.ts';
import type { StepLine, TaskView } from './task-view.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinnerMs = 80;
const barCells = 20;
/** What so much of a unit has taken says how long the whole will take. */
const telltaleShare = 0.1;

/** What was asked for, by whom and why. */
export function heading(task: Task, name: string, colors: Colors): string {
  const { operation, actor, reason, id } = task;
  const by = `by ${actor}${reason === null ? '' : `: ${reason}`}`;
  const words = [describe(task), by, waitText(task)].filter(Boolean);
  return `${colors.bold(printable(`${operation} ${name}`))}  ${printable(words.join(', '))}  ${colors.dim(`task ${id}`)}`;
}

/** The tree as it is now; `moving` where it will be drawn again at once. */
export function tree(view: TaskView, colors: Colors, { moving }: { readonly moving: boolean }): string {
  const { lines } = view;
  const width = {
    name: Math.max(0, ...lines.map(({ name }) => name.length)),
    unit: Math.max(0, ...lines.map(({ unit }) => unit.length)),
    where: Math.max(0, ...lines.map(({ where }) => where?.length ?? 1)),
  };
  return lines
    .map((line) => {
      const paint = paintState(line.state, colors);
      const where = (line.where ?? '').padEnd(width.where);
      const place = `${line.unit.padEnd(width.unit)}  ${where}`;
      const step = line.state === 'WAITING' ? colors.dim(line.name.padEnd(width.name)) : line.name.padEnd(width.name);
      return `  ${paint(moving ? markOf(line) : stepMarks[line.state])} ${step}  ${colors.dim(place)}  ${remark(line, view, colors)}`.trimEnd();
    })
    .join('\n');
}

/** How the whole stands: below the tree while it runs. */
export function standing({ task, outlook }: TaskView, colors: Colors): string {
  const { status, startedAt, createdAt, pauseRequested, id } = task;
  const { progress, remainingMs, slow } = outlook;
  const elapsedMs = Date.now() - Date.parse(startedAt ?? createdAt);
  const words: string[] = [
    paintState(status, colors)(status),
    `${Math.round(progress * 100)} %`,
    `${duration(elapsedMs)}${remainingMs === null ? '' : `, ${leftText(remainingMs)}`}`,
  ];
  if (slow) words.push(colors.yellow(slowText));
  if (status === 'QUEUED') words.push(`it waits ${waitText(task) ?? 'for its turn'}`);
  if (status === 'PAUSED') words.push(`itask task resume ${id}`);
  else if (pauseRequested) words.push('it pauses before its next step');
  return `${words.join('  ')}  ${colors.dim('Ctrl-C leaves it running')}`;
}

const markOf = ({ state }: StepLine): string =>
  state === 'RUNNING' ? (spinner[Math.floor(Date.now() / spinnerMs) % spinner.length] ?? '') : stepMarks[state];

function remark(line: StepLine, view: TaskView, colors: Colors): string {
  switch (line.state) {
    case 'RUNNING':
      return runningRemark(line, view);
    case 'WAITING':
      return colors.dim(waitingRemark(line));
    case 'SKIPPED':
      return colors.dim('not needed');
    case 'OWED':
      return colors.yellow('its host owes it and does it before it serves again');
    default: {
      const fault = line.fault === null ? '' : `  ${colors.red(line.fault.code)}`;
      return `${between(line.startedAt, line.endedAt)}${fault}`;
    }
  }
}

function runningRemark(line: StepLine, { durations }: TaskView): string {
  const { share, attempt, name, startedAt, deadline } = line;
  const elapsedMs = startedAt === null ? 0 : Date.now() - Date.parse(startedAt);
  const known = durations?.units[name];
  const expectedMs = extrapolated(line) ?? (known && median(known.ran)) ?? undefined;
  const limit = deadline === null ? '' : ` of at most ${deadline}`;
  const elapsed = `${duration(elapsedMs)}${expectedMs === undefined ? limit : comparedTo(expectedMs, elapsedMs)}`;
  const words = [
    ...(share === null ? [] : [`${bar(share)} ${Math.round(share * 100)} %`]),
    elapsed,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  return words.join('  ');
}

/** How long it takes by what it has said of its progress, once that is enough to tell. */
function extrapolated({ share, shareAt, startedAt }: StepLine): number | undefined {
  if (share === null || share < telltaleShare || shareAt === null || startedAt === null) return undefined;
  return (Date.parse(shareAt) - Date.parse(startedAt)) / share;
}

/** How long it takes, after how long it has been taking. */
const comparedTo = (expectedMs: number, elapsedMs: number): string =>
  elapsedMs > expectedMs ? `, usually ${duration(expectedMs)}` : ` of about ${duration(expectedMs)}`;

function waitingRemark({ conditional, pointOfNoReturn }: StepLine): string {
  const words = [conditional ? 'if needed' : '', pointOfNoReturn ? 'no way back from here' : ''];
  return words.filter((word) => word !== '').join(', ');
}

const bar = (share: number): string => {
  const done = Math.round(share * barCells);
  return `${'█'.repeat(done)}${'░'.repeat(barCells - done)}`;
};

/** The operation's own words for its input: `HARD`, `to m1.small`. */
function describe({ operation, operationVersion, input }: Task): string {
  try {
    return findOperation(operation, operationVersion).describe(input);
  } catch {
    return '';
  }
}
