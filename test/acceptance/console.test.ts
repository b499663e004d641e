/** What a guest writes to its console can be read, and reading it is no task. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NotFoundError, RefusedError, UnreachableError } from '../../src/client/index.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.dispose());

test('the console tells of each boot, and no task tells of the look', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.run('reboot', id, { type: 'HARD' });
  const output = await fleet.client.consoleOutput(id);
  expect(output).toMatch(/boot 1\n[^]*boot 2\n[^]*login:\n$/);
  expect(await fleet.client.consoleOutput(id, { lines: 2 })).toBe(output.split('\n').slice(-3).join('\n'));
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create', 'reboot']);
});

test('a console is followed from host to host, until the instance is gone', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  const pieces: string[] = [];
  const followed = (async () => {
    for await (const text of fleet.client.followConsole(id, { lines: 1 })) pieces.push(text);
  })();
  await eventually('what is there is told', async () => pieces.length === 1);
  expect(pieces[0]).toMatch(/^\[[^\n]*\] login:\n$/);
  await fleet.run('reboot', id, { type: 'HARD' });
  await eventually('what comes is told', async () => /boot 2\n[^]*login:\n$/.test(pieces.join('')));
  expect(pieces.join('')).not.toContain('boot 1');
  const before = pieces.length;
  await fleet.run('migrate', id, { host: 'host-2' });
  const since = () => pieces.slice(before).join('');
  await eventually('what is written elsewhere is told', async () => /Booting from [^]*login:\n$/.test(since()));
  await fleet.run('delete', id, {});
  await followed;
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).not.toContain('console');
});

test('whoever follows a console can leave it', async () => {
  const { id } = await fleet.activeInstance();
  const leave = new AbortController();
  const pieces: string[] = [];
  for await (const text of fleet.client.followConsole(id, { signal: leave.signal })) {
    pieces.push(text);
    leave.abort();
  }
  expect(pieces.join('')).toMatch(/login:\n$/);
});

test('the console of an instance that is shelved, or was never there, is refused', async () => {
  const { id } = await fleet.activeInstance();
  await fleet.run('shelve', id, {});
  await expect(fleet.client.consoleOutput(id)).rejects.toThrow(RefusedError);
  await expect(fleet.client.consoleOutput('00000000-0000-4000-8000-000000000000')).rejects.toThrow(NotFoundError);
});

test('the console of a guest that has vanished is refused with its fault', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-1' });
  await fleet.hypervisors.tamper('host-1', id, () => ({ guest: null }));
  await expect(fleet.client.consoleOutput(id)).rejects.toThrow(/hypervisor does not know the machine/);
});

test('a host that does not answer is named', async () => {
  const { id } = await fleet.activeInstance({ host: 'host-2' });
  await fleet.worker('host-2').kill();
  const unanswered = fleet.client.consoleOutput(id);
  await expect(unanswered).rejects.toThrow(UnreachableError);
  await expect(unanswered).rejects.toThrow('host-2 does not answer');
  await fleet.worker('host-2').start();
});
