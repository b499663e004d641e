/** What an operator sees and says of a host that died. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { itaskFor, type Itask } from './itask.ts';

let fleet: Fleet;
let itask: Itask;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
});
afterAll(() => fleet.dispose());

test('a host is declared fenced, shown as that, left, and shown as serving when it is back', async () => {
  const { id } = await fleet.activeInstance({ name: 'demo', host: 'host-1' });
  const early = await itask.run('run', 'evacuate', 'demo');
  expect(early.exitCode).toBe(3);
  expect(early.stderr).toContain('cannot evacuate demo: its host has not been declared fenced');
  const alive = await itask.run('hosts', 'fence', 'host-1', '--reason', 'power cut');
  expect(alive.exitCode).toBe(3);
  expect(alive.stderr).toContain('a worker of host-1 is alive');

  await fleet.worker('host-1').kill();
  const fenced = await itask.run('hosts', 'fence', 'host-1', '--reason', 'power cut', '--force');
  expect(fenced.exitCode).toBe(0);
  expect(fenced.stdout).toContain('host-1 is fenced');
  expect((await itask.run('hosts')).stdout).toMatch(/host-1 +no: fenced/);
  expect((await itask.run('run', 'evacuate', 'demo')).exitCode).toBe(0);
  const owing = await itask.run('hosts', 'show', 'host-1');
  expect(owing.stdout).toMatch(/fenced +since .* \(power cut\)/);
  expect(owing.stdout).toMatch(new RegExp(`destroyGuest +${id}`));

  await fleet.worker('host-1').start();
  expect((await itask.run('hosts', 'list')).stdout).toMatch(/host-1 +yes/);
  const { document } = await itask.json('hosts', 'show', 'host-1');
  expect(document).toMatchObject({ name: 'host-1', serving: true, fenced: null, debts: [], epoch: 1 });
  const missing = await itask.run('hosts', 'show', 'host-9');
  expect(missing.exitCode).toBe(4);
});
