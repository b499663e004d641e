/** Many who watch tasks over HTTP at once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { ApiCommand } from './api-command.ts';
import { Watcher } from './watcher.ts';

let fleet: Fleet;
let api: ApiCommand;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ApiCommand.prepare(fleet);
});
afterAll(async () => {
  await api.clone.remove();
  await fleet.dispose();
});

const tasks = 4;
const watchersOfEach = 15;

/** What anybody has to see, from the task's own history. */
async function idsOf(task: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { cursor } of fleet.client.watch(task, { progressEveryMs: 0 })) ids.push(cursor);
  return ids;
}

test('all see all events of their task in order, through a kill -9 of the API that they watch it by', async () => {
  const [token, first] = await Promise.all([api.tokenOf('dev-admin'), api.serve()]);
  const { port } = new URL(first.url);
  const instances = await Promise.all(Array.from({ length: tasks }, () => fleet.activeInstance({ host: 'host-1' })));
  const letGo = await fleet.hypervisors.misbehave({
    unit: 'copyDisk',
    misbehaviour: { kind: 'delay', duration: '1h' },
  });
  const submitted = await Promise.all(
    instances.map(({ id }) => fleet.client.submit('resize', id, { flavor: 'm1.medium' })),
  );
  const watched = submitted.flatMap(({ id }) =>
    Array.from({ length: watchersOfEach }, () => ({
      id,
      watcher: new Watcher(`${first.url}/server_tasks/${id}/events`, token),
    })),
  );
  const ended = Promise.all(watched.map(({ watcher }) => watcher.ended));
  await eventually('everybody has seen something', async () =>
    Promise.resolve(watched.every(({ watcher }) => watcher.seen.length > 2)),
  );
  first.process.kill('SIGKILL');
  await first.process;
  const second = await api.serve(Number(port));
  await letGo();
  await ended;
  const wanted = new Map(await Promise.all(submitted.map(async ({ id }) => [id, await idsOf(id)] as const)));
  for (const { id, watcher } of watched) expect(watcher.seen.map((event) => event.id)).toEqual(wanted.get(id));
  expect((await second.end()).exitCode).toBe(0);
});
