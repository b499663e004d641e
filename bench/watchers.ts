/**
 * `npm run bench:watchers`: many who watch tasks by one API process, which is killed and comes back meanwhile. Every one
 * must see all events of its task in order; measured is how late, and what it costs the process.
 */
import { program } from 'commander';
import { ApiCommand } from '../test/api/api-command.ts';
import { Watcher } from '../test/api/watcher.ts';
import { eventually } from '../test/support/eventually.ts';
import { startFleet, type Fleet } from '../test/support/fleet.ts';
import { count } from './count.ts';
import { percentile, timed } from './figures.ts';
import { makeMany } from './measure.ts';
import { readUsage, type Usage } from './usage.ts';

const ample = { vcpus: 1_000_000, memoryMb: 1_000_000_000, diskGb: 1_000_000_000 };
const { watchers, tasks, unitSeconds } = program
  .name('npm run bench:watchers --')
  .option('--watchers <n>', 'event streams that are open at once', count, 1_000)
  .option('--tasks <n>', 'tasks that they watch, each as many as any other', count, 100)
  .option('--unit-seconds <n>', 'how long each unit of work takes', count, 4)
  .parse()
  .opts<{ watchers: number; tasks: number; unitSeconds: number }>();

const fleet = await startFleet({ capacity: ample });
try {
  process.exitCode = await main(fleet);
} finally {
  await fleet.dispose();
}

interface Watched {
  readonly taskId: string;
  readonly watcher: Watcher;
}

async function main(fleet: Fleet): Promise<number> {
  const api = await ApiCommand.prepare(fleet);
  try {
    const token = await api.tokenOf('dev-admin');
    const instances = await makeMany(tasks, () => fleet.activeInstance({ flavor: 'm1.tiny' }));
    await fleet.hypervisors.misbehave({
      unit: 'resize',
      misbehaviour: { kind: 'delay', duration: `${unitSeconds}s` },
    });
    const first = await api.serve();
    const idle = await readUsage(first.url, token);
    const submitted = await Promise.all(
      instances.map(({ id }) => fleet.client.submit('resize', id, { flavor: 'm1.small' })),
    );
    const watched = Array.from({ length: watchers }, (_, index): Watched => {
      const taskId = submitted[index % submitted.length]?.id ?? '';
      return { taskId, watcher: new Watcher(`${first.url}/server_tasks/${taskId}/events`, token) };
    });
    const ended = Promise.all(watched.map(({ watcher }) => watcher.ended));
    const openMs = await timed(() => untilAllAreOpen(watched, 1));
    await eventually('everybody has seen some steps', () =>
      Promise.resolve(watched.every(({ watcher }) => watcher.seen.length >= 5)),
    );
    const busy = await readUsage(first.url, token);
    first.process.kill('SIGKILL');
    const [second, backMs] = await inTime(async () => {
      await first.process;
      const again = await api.serve(Number(new URL(first.url).port));
      await untilAllAreOpen(watched, 2);
      return again;
    });
    await ended;
    const after = await readUsage(second.url, token);
    await second.end();
    const complete = await countComplete(fleet, watched);
    report({ watched, complete, usages: [idle, busy, after], openMs, backMs });
    return complete === watchers ? 0 : 1;
  } finally {
    await api.clone.remove();
  }
}

/** Until each has been let in so often, or has seen the end before. */
async function untilAllAreOpen(watched: readonly Watched[], times: number): Promise<void> {
  await eventually(`all are let in ${times} times`, () =>
    Promise.resolve(watched.every(({ watcher }) => watcher.openings >= times || watcher.hasEnded)),
  );
}

async function inTime<Result>(act: () => Promise<Result>): Promise<[Result, number]> {
  const start = performance.now();
  return [await act(), performance.now() - start];
}

/** How many have seen just what the history of their task tells, in its order. */
async function countComplete({ client }: Fleet, watched: readonly Watched[]): Promise<number> {
  const wanted = new Map<string, string>();
  for (const taskId of new Set(watched.map((each) => each.taskId))) {
    const ids: string[] = [];
    for await (const { cursor } of client.watch(taskId, { progressEveryMs: 0 })) ids.push(cursor);
    wanted.set(taskId, ids.join());
  }
  return watched.filter(({ taskId, watcher }) => watcher.seen.map(({ id }) => id).join() === wanted.get(taskId)).length;
}

interface Result {
  readonly watched: readonly Watched[];
  readonly complete: number;
  readonly usages: readonly [Usage, Usage, Usage];
  readonly openMs: number;
  readonly backMs: number;
}

function report({ watched, complete, usages: [idle, busy, after], openMs, backMs }: Result): void {
  const all = watched.flatMap(({ watcher }) => watcher.seen);
  const delays = all.filter(({ isLive }) => isLive).map(({ at, seenAt }) => seenAt - at);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const seconds = (value: number) => `${(value / 1_000).toFixed(1)} s`;
  const lines = [
    `${watchers} watchers of ${tasks} tasks; ${complete} of them saw all events in order (${all.length} in all)`,
    `from change to watcher: median ${ms(percentile(delays, 0.5))}, p99 ${ms(percentile(delays, 0.99))} (${delays.length} events)`,
    `all were let in ${seconds(openMs)} after they came, and ${seconds(backMs)} after the API was killed`,
    `memory of the API: ${idle.memoryMb} MB without watchers, ${busy.memoryMb} MB with all, ${after.memoryMb} MB after`,
    `processor time of the second API process: ${after.cpuSeconds.toFixed(1)} s, ${((after.cpuSeconds * 1_000_000) / all.length).toFixed(0)} µs for each event seen`,
  ];
  console.log(lines.join('\n'));
}
