/** The command line, as its users run it: what it prints, and with which exit code it ends. */
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { forget } from '../support/forget.ts';
import { itaskFor, untilPrinted, type Itask } from './itask.ts';
import { activeSubject, hangingReboot } from './subjects.ts';

let fleet: Fleet;
let itask: Itask;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
});
afterAll(() => fleet.dispose());

describe('an instance', () => {
  test('is created step by step, without colours where nobody looks', async () => {
    const { exitCode, stdout } = await itask.run('create', 'made', '--flavor', 'm1.tiny', '--image', 'cirros');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^create made {2}m1.tiny from cirros, by alice {2}task [0-9a-f-]{36}\n/);
    const steps = [...stdout.matchAll(/COMPLETED {2}(\w+)/g)].map(([, step]) => step);
    expect(steps).toEqual(['claim', 'network', 'disk', 'define', 'boot']);
    expect(stdout).toMatch(/✔ create COMPLETED after .*\n {2}made is active on host-[12] {2}[0-9a-f-]{36}$/);
    expect(stdout).not.toContain('\u001b');
  });

  test('is shown, and listed, in the same words', async () => {
    const { id, name } = await activeSubject(fleet);
    const shown = await itask.instance('show', name);
    expect(shown).toMatchObject({
      exitCode: 0,
      document: {
        id,
        name,
        project_id: 'default',
        user_id: 'alice',
        vm_state: 'active',
        task_state: null,
        power_state: 'RUNNING',
        host: expect.stringMatching(/^host-/),
        flavor: { name: 'm1.tiny', vcpus: 1, memory_mb: 512, disk_gb: 1 },
        image: 'cirros',
      },
    });
    await eventually('visibility has it', async () => {
      const { document } = await itask.json('list', '--name', name);
      const [{ updated_at: _updated, ...row }] = z.tuple([z.looseObject({ id: z.string() })]).parse(document);
      expect(shown.document).toMatchObject(row);
      expect(row.id).toBe(id);
      return true;
    });
  });

  test('is found by a name of its own only', async () => {
    const twins = [await fleet.activeInstance({ name: 'twin' }), await fleet.activeInstance({ name: 'twin' })];
    const { document } = await eventually('both are listed', async () => {
      const answer = await itask.json('show', 'twin');
      return answer.exitCode === 2 && answer;
    });
    const candidates = expect.arrayContaining(twins.map(({ id }) => id)) as unknown;
    expect(document).toMatchObject({ error: { code: 'AMBIGUOUS_NAME', candidates } });
  });

  test('whose workflow was terminated is found by doctor and brought back by recover', async () => {
    const { id, name } = await activeSubject(fleet);
    await fleet.temporal.workflow.getHandle(`instance/${id}`).terminate();
    const { stdout } = await eventually('doctor has found it', async () => {
      const answer = await itask.run('doctor');
      return answer.exitCode === 1 && answer;
    });
    expect(stdout).toContain(`itask recover ${id}`);
    expect(await itask.json('run', 'stop', id)).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'INSTANCE_LOST' } },
    });
    expect(await itask.json('recover', name)).toMatchObject({ exitCode: 0, document: { id, vm_state: 'active' } });
    expect(await itask.json('recover', id)).toMatchObject({ exitCode: 3, document: { error: { code: 'REFUSED' } } });
  });

  test('that Temporal has forgotten is found by doctor and brought back from its host', async () => {
    const { id, name } = await activeSubject(fleet);
    const { residence } = await fleet.client.get(id);
    await forget(fleet, id);
    expect(await itask.json('recover', id)).toMatchObject({ exitCode: 4, document: { error: { code: 'NOT_FOUND' } } });
    const fromHost = ['recover', id, '--from-host', residence?.host ?? ''];
    expect((await itask.run('doctor')).stdout).toContain(`itask ${fromHost.join(' ')}`);
    expect(await itask.json(...fromHost)).toMatchObject({ exitCode: 0, document: { id, name, vm_state: 'active' } });
  });
});

describe('run', () => {
  test('waits and ends with the task', async () => {
    const { id } = await activeSubject(fleet);
    const words = ['run', 'reboot', id, '--set', 'type=HARD', '--reason', 'kernel update'];
    const { exitCode, document } = await itask.task(...words);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      action: 'reboot',
      state: 'COMPLETED',
      instance_id: id,
      progress: 1,
      actor: 'alice',
      reason: 'kernel update',
      fault: null,
      input: { type: 'HARD' },
    });
    expect(document.items.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'softReboot SKIPPED',
      'hardReboot COMPLETED',
    ]);
  });

  test('says with its exit code that a task failed, and why', async () => {
    const { id, name } = await activeSubject(fleet);
    const set = await itask.json('fault', 'set', '--unit', 'reboot', '--instance', id, '--fail', 'permanent');
    expect(set).toMatchObject({ exitCode: 0, document: { unit: 'reboot', instance_id: id, host: null } });
    const { exitCode, stdout } = await itask.run('run', 'reboot', id);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✘ reboot FAILED after .* at its step softReboot\n {2}HYPERVISOR_ERROR: /);
    expect(stdout).toContain(`${name} is active`);
    const { document: faults } = await itask.json('faults', id);
    expect(faults).toMatchObject([
      { code: 'HYPERVISOR_ERROR', action: 'reboot', host: expect.stringMatching(/^host-/) },
    ]);
    expect(faults).not.toMatchObject([{ detail: expect.anything() }]);
    await itask.run('fault', 'clear', '--instance', id);
    const [failed] = await fleet.client.instanceActions(id);
    const retried = await itask.task('task', 'retry', failed?.taskId ?? '');
    expect(retried).toMatchObject({ exitCode: 0, document: { state: 'COMPLETED', retry_of: failed?.taskId } });
    await expectTracebackForAdminsOnly(id, failed?.requestId ?? '');
  });

  async function expectTracebackForAdminsOnly(id: string, requestId: string): Promise<void> {
    const event = { event: 'compute_reboot_instance', result: 'Error' };
    const withTraceback = (traceback: unknown) => ({ events: [{}, { ...event, traceback }] });
    expect((await itask.json('actions', id, requestId)).document).toMatchObject(withTraceback(null));
    const traceback: unknown = expect.stringMatching(/UnitFault: .*\n +at /);
    expect((await itask.json('actions', id, requestId, '--admin')).document).toMatchObject(withTraceback(traceback));
  }

  test('is refused while another task runs, unless it queues', async () => {
    const { instance, task } = await hangingReboot(fleet);
    const inTheWay = { id: task.id, action: 'reboot', step: 'hardReboot', started_at: expect.stringMatching(/Z$/) };
    expect(await itask.json('run', 'stop', instance.id)).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'INSTANCE_BUSY', task_in_the_way: inTheWay } },
    });
    const queued = await itask.task('run', 'stop', instance.id, '--queue', '--no-wait');
    expect(queued).toMatchObject({ exitCode: 0, document: { action: 'stop', state: 'QUEUED' } });
    await fleet.hypervisors.behave();
    expect((await fleet.ended(queued.document.id)).status).toBe('COMPLETED');
  });

  test('is refused while the instance is locked, unless the lock is overridden', async () => {
    const { id } = await activeSubject(fleet);
    const lock = await itask.run('run', 'lock', id, '--set', 'reason=audit', '--actor', 'bob');
    expect(lock).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('lock') });
    expect((await itask.run('show', id)).stdout).toMatch(/locked +by bob .*: audit/);
    const locked = { by: 'bob', reason: 'audit', at: expect.stringMatching(/Z$/) };
    expect(await itask.json('run', 'stop', id)).toMatchObject({
      exitCode: 3,
      document: {
        error: { code: 'INSTANCE_LOCKED', locked, hints: expect.arrayContaining([`itask run unlock ${id}`]) },
      },
    });
    expect(await itask.json('run', 'stop', id, '--override-lock')).toMatchObject({ exitCode: 0 });
    expect(await itask.json('run', 'unlock', id)).toMatchObject({ exitCode: 0, document: { state: 'COMPLETED' } });
    expect(await itask.json('show', id)).toMatchObject({ document: { locked: null } });
  });

  test('waits for a time, or for another task, and says so', async () => {
    const { id } = await activeSubject(fleet);
    const later = ['--at', '2h', '--no-wait'];
    const { document: first } = await itask.task('run', 'stop', id, ...later);
    expect(first).toMatchObject({ state: 'QUEUED', start_at: expect.stringMatching(/Z$/), after: null });
    const said = await itask.run('run', 'start', id, '--after', first.id, '--no-wait');
    expect(said.stdout).toMatch(new RegExp(`^start is QUEUED after task ${first.id}, task `));
    const until = `until ${(first.start_at ?? '').slice(0, 16).replace('T', ' ')}`;
    const { stdout: table } = await itask.run('tasks', id);
    expect(table).toMatch(/^ID +ACTION +STATE .*WAITS /);
    expect(table).toContain(until);
    expect(table).toContain(`after task ${first.id}`);
    expect((await itask.run('task', 'show', first.id)).stdout).toContain(`QUEUED, ${until}`);
    await itask.run('task', 'cancel', first.id);
    const [second] = await fleet.client.tasks(id).then((tasks) => tasks.filter(({ after }) => after === first.id));
    const watched = await itask.run('task', 'watch', second?.id ?? '');
    expect(watched).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('PRECEDING_TASK_FAILED') });
  });

  test('leaves what will be done by itself, for all to see', async () => {
    const { id } = await activeSubject(fleet);
    const words = ['--set', 'flavor=m1.medium', '--set', 'confirmAfterSeconds=86400'];
    expect(await itask.task('run', 'resize', id, ...words)).toMatchObject({ document: { state: 'COMPLETED' } });
    const followUp = { action: 'confirmResize', at: expect.stringMatching(/Z$/), reason: '24 h after resize' };
    expect((await itask.instance('show', id)).document).toMatchObject({ follow_up: followUp });
    expect((await itask.run('show', id)).stdout).toMatch(/by itself +confirmResize at .*Z, 24 h after resize/);
  });

  test('is refused in the wrong state, and for a key that was used for something else', async () => {
    const { id } = await activeSubject(fleet);
    expect(await itask.json('run', 'start', id)).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'NOT_ALLOWED_IN_STATE', vm_state: 'active', allowed_from: ['stopped'] } },
    });
    const pause = ['run', 'pause', id, '--idempotency-key', 'key'];
    const [first, second] = [await itask.task(...pause), await itask.task(...pause)];
    expect(second.document.id).toBe(first.document.id);
    const other = await itask.json('run', 'unpause', id, '--idempotency-key', 'key');
    expect(other).toMatchObject({ exitCode: 3, document: { error: { code: 'IDEMPOTENCY_CONFLICT' } } });
  });
});

describe('what goes wrong', () => {
  test.each([
    [2, 'INVALID_INPUT', ['run', 'reboot', 'x', '--set', 'typ=HARD']],
    [4, 'NOT_FOUND', ['run', 'stop', 'nobody']],
    [4, 'NOT_FOUND', ['task', 'show', '00000000-0000-4000-8000-000000000000']],
    [5, 'UNREACHABLE', ['list', '--address', '127.0.0.1:1']],
  ])('is exit %i and the one document of a program, %s, and a sentence for a person', async (exitCode, code, words) => {
    const outcome = await itask.run(...words, '-o', 'json');
    expect(outcome.exitCode).toBe(exitCode);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ error: { code, message: outcome.stderr.split('\n')[0] } });
  });
});

describe('operators', () => {
  test('read what an operation does from its declaration', async () => {
    const { document } = await itask.json('operations', 'resize');
    const claim = { name: 'claim', unit: 'claimHost', undo: 'releaseClaim', deadline: '1m' };
    expect(document).toMatchObject({ steps: expect.arrayContaining([expect.objectContaining(claim)]) });
    expect(document).toMatchObject({ input: { required: ['flavor'] } });
    const { stdout } = await itask.run('operations');
    expect(stdout).toMatch(/confirmResize .*resized/);
    expect(stdout).toMatch(/hardRebootGuest .*host/);
  });

  test('see the hosts, and serve one more with a worker until it is told to end', async () => {
    const worker = itask.start('worker', '--host', 'host-3', '-o', 'json');
    await untilPrinted(worker.stderr, '"msg":"ready"');
    const { document } = await itask.json('hosts');
    expect(document).toMatchObject(['host-1', 'host-2', 'host-3'].map((name) => ({ name, serving: true, debts: [] })));
    worker.kill('SIGTERM');
    const { exitCode, stdout } = await worker;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ control: false, hosts: ['host-3'], state: 'ended' });
  });

  test('are told of everything that is wrong, with the fix', async () => {
    const { exitCode, document } = await itask.json('doctor');
    expect(exitCode).toBe(1);
    const fix: unknown = expect.stringContaining('itask worker --host host-3');
    const expected = [
      { name: 'search attributes', ok: true },
      { name: 'control workers', ok: true },
      { name: 'host host-1', ok: true },
      { name: 'host host-3', ok: false, fix },
    ].map((check): unknown => expect.objectContaining(check));
    expect(document).toMatchObject({ ok: false, checks: expect.arrayContaining(expected) });
  });
});
