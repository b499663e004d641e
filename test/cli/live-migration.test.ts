/** A live migration, as somebody at a terminal sees it and intervenes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { copying } from '../support/live-migrations.ts';
import { itaskFor, type Itask } from './itask.ts';

let fleet: Fleet;
let itask: Itask;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
});
afterAll(() => fleet.dispose());

test('A live migration shows how far it is, and is forced to complete', async () => {
  const { task, before } = await copying(fleet, { dirtyRate: 10 });
  const { stdout } = await itask.run('task', 'show', task.id);
  expect(stdout).toMatch(/progress +[1-9]\d* %/);
  expect(stdout).toMatch(/takes +.*cancel.*force-complete/);
  const words = ['task', 'force-complete', task.id, '--reason', 'the host goes down tonight'];
  expect(await itask.json(...words)).toMatchObject({
    exitCode: 0,
    document: {
      notes: [{ verb: 'forceComplete', actor: 'alice', reason: 'the host goes down tonight', refusal: null }],
    },
  });
  const changes = await itask.changes(task.id);
  expect(changes).toContainEqual(expect.objectContaining({ step: 'migrate', direction: 'force', state: 'COMPLETED' }));
  expect(changes.at(-1)).toMatchObject({ kind: 'ended', task: { state: 'COMPLETED' } });
  expect(await fleet.client.get(before.id)).toMatchObject({ vmState: 'active', residence: { host: 'host-2' } });
  expect(await itask.json(...words)).toMatchObject({ exitCode: 3, document: { error: { code: 'TASK_VERB_REFUSED' } } });
});

test('A watched live migration tells how much of the memory has been copied', async () => {
  const { task } = await copying(fleet, { dirtyRate: 2 });
  const shares: number[] = [];
  for await (const line of itask.start('task', 'watch', task.id, '-o', 'json')) {
    const share = shareOf(JSON.parse(line));
    if (share === null) continue;
    shares.push(share);
    if (shares.length === 2) await fleet.client.forceComplete(task.id);
  }
  expect(shares.length).toBeGreaterThan(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(await fleet.ended(task)).toMatchObject({ status: 'COMPLETED' });
});

/** How much of the unit of the step `migrate` was done, where a change tells that. */
function shareOf(change: unknown): number | null {
  const isProgress = typeof change === 'object' && change !== null && 'progress' in change && 'step' in change;
  return isProgress && change.step === 'migrate' && typeof change.progress === 'number' ? change.progress : null;
}
