/** The commands for tasks: plans, previews, verbs, and what is seen of a task while it runs. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { itaskFor, untilPrinted, type Itask } from './itask.ts';
import { activeSubject, hangingReboot } from './subjects.ts';

let fleet: Fleet;
let itask: Itask;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
});
afterAll(() => fleet.dispose());

describe('a task', () => {
  test('is planned without being done: what it would do, and whether it could', async () => {
    const { id } = await activeSubject(fleet);
    const possible = await itask.run('plan', 'resize', id, '--set', 'flavor=m1.small');
    expect(possible.exitCode).toBe(0);
    expect(possible.stdout).toMatch(/^resize subject-/);
    expect(possible.stdout).toMatch(/powerOff +powerOffGuest +depends on shutDown +host-/);
    expect(possible.stdout).toMatch(/✔ claim: host-[12] has room\n✔ it would start at once\. Nothing has been done\.$/);
    expect(await itask.json('plan', 'start', id)).toMatchObject({
      exitCode: 3,
      document: { could_start: false, verdict: 'refuse', problem: { type: 'NotAllowedInState' } },
    });
    expect(await fleet.client.tasks(id)).toHaveLength(1);
  });

  test('says what a cancel would do, and is not cancelled by that', async () => {
    const { task } = await hangingReboot(fleet);
    const { exitCode, stdout } = await itask.run('task', 'cancel', task.id, '--preview');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^reboot is RUNNING .*\nDone so far:\n {2}▶ hardReboot\nWould be undone: nothing$/);
    expect((await fleet.client.task(task.id)).verbs).toContain('cancel');
    await fleet.client.cancel(task.id);
    await fleet.ended(task);
    const late = await itask.json('task', 'cancel', task.id, '--preview');
    expect(late).toMatchObject({ exitCode: 3, document: { refusal: 'the task has ended: it is ABORTED' } });
  });

  test('is shown with how far it is', async () => {
    const { task } = await hangingReboot(fleet);
    expect(await itask.json('task', 'show', task.id)).toMatchObject({
      document: { outlook: { progress: expect.any(Number), slow: false } },
    });
    await fleet.client.cancel(task.id);
    await fleet.ended(task);
  });

  test('is paused, resumed and cancelled, each once', async () => {
    const { task } = await hangingReboot(fleet);
    const words = [task.id, '--reason', 'lunch'];
    expect(await itask.json('task', 'pause', ...words)).toMatchObject({
      exitCode: 0,
      document: { pause_requested: true, notes: [{ verb: 'pause', actor: 'alice', reason: 'lunch' }] },
    });
    expect(await itask.json('task', 'pause', ...words)).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'TASK_VERB_REFUSED' } },
    });
    expect((await itask.run('task', 'resume', ...words)).exitCode).toBe(0);
    expect((await itask.run('task', 'cancel', ...words)).stdout).toContain('is told to stop');
    const { exitCode, stdout } = await itask.run('task', 'watch', task.id);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✘ reboot ABORTED .*\n {2}cancelled by alice: lunch/);
    expect(await itask.json('task', 'retry', task.id, '--no-wait')).toMatchObject({ exitCode: 0 });
  });

  test('is watched as changes, a line each, also from the middle on', async () => {
    const { id } = await activeSubject(fleet);
    const task = await fleet.run('stop', id, {});
    const changes = await itask.changes(task.id);
    expect(changes[0]).toMatchObject({ kind: 'status', state: 'RUNNING' });
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'step', step: 'shutDown', state: 'COMPLETED' }));
    expect(changes.at(-1)).toMatchObject({ kind: 'ended', task: { id: task.id, state: 'COMPLETED' } });
    expect(await itask.changes(task.id, '--cursor', changes[1]?.cursor ?? '')).toEqual(changes.slice(2));
  });

  test('tells of the progress of its unit while that runs', async () => {
    const { id } = await activeSubject(fleet);
    const misbehaviour = { kind: 'delay', duration: '60s' } as const;
    await fleet.hypervisors.misbehave({ unit: 'shutDownGuest', instance: id, misbehaviour });
    const task = await fleet.client.submit('stop', id, {});
    const watching = itask.start('task', 'watch', task.id, '-o', 'json');
    await untilPrinted(watching.stdout, '"kind":"progress"');
    await fleet.client.cancel(task.id);
    const { exitCode, stdout } = await watching;
    expect(exitCode).toBe(1);
    const changes = stdout.split('\n').map((line): unknown => JSON.parse(line));
    const progress: unknown = expect.any(Number);
    expect(changes).toContainEqual(
      expect.objectContaining({ step: 'shutDown', direction: 'run', attempt: 1, progress }),
    );
  });

  test('goes on when Ctrl-C leaves it', async () => {
    const instance = await activeSubject(fleet);
    await itask.run('fault', 'set', '--unit', 'hardRebootGuest', '--instance', instance.id, '--hang');
    const running = itask.start('run', 'reboot', instance.id, '--set', 'type=HARD');
    await untilPrinted(running.stdout, 'reboot');
    const task = await eventually('it runs', async () => (await fleet.client.tasks(instance.id))[1]);
    await fleet.untilInUnit(task.id, 'hardReboot');
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    expect(stdout).toContain(`itask task watch ${task.id}`);
    expect(stdout).toContain(`itask task cancel ${task.id}`);
    expect((await fleet.client.task(task.id)).status).toBe('RUNNING');
    await itask.run('fault', 'clear');
    expect((await fleet.ended(task)).status).toBe('COMPLETED');
  });
});
