/** The command line, as its users run it: what it prints, and with which exit code it ends. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  ChangeRepresentation,
  InstanceRepresentation,
  TaskRepresentation,
} from '../../src/model/representation.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { itaskFor, type Itask } from './itask.ts';

interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly [detail: string]: unknown };
}

let fleet: Fleet;
let itask: Itask;
beforeAll(async () => {
  fleet = await startFleet();
  itask = await itaskFor(fleet);
});
afterAll(() => fleet.dispose());

let count = 0;
/** An active instance under a name that no other has. */
const newInstance = async () => fleet.activeInstance({ name: `subject-${(count += 1)}`, flavor: 'm1.tiny' });
/** An instance whose reboot hangs, and the reboot. */
async function hangingReboot() {
  const instance = await newInstance();
  const misbehaviour = { kind: 'hang' } as const;
  await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', instance: instance.id, misbehaviour });
  const task = await fleet.client.submit('reboot', instance.id, { type: 'HARD' });
  await fleet.untilInUnit(task.id, 'hardReboot');
  return { instance, task };
}

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
    const { id, name } = await newInstance();
    const shown = await itask.json<InstanceRepresentation>('show', name);
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
    const { updated_at: _updated, ...lasting } = shown.document;
    await eventually('visibility has it', async () => {
      const { document } = await itask.json<InstanceRepresentation[]>('list', '--name', name);
      return document[0]?.vm_state === 'active' && (expect(document).toEqual([expect.objectContaining(lasting)]), true);
    });
  });

  test('is found by a name of its own only', async () => {
    const twins = [await fleet.activeInstance({ name: 'twin' }), await fleet.activeInstance({ name: 'twin' })];
    const { exitCode, document } = await eventually('both are listed', async () => {
      const answer = await itask.json<ErrorDocument>('show', 'twin');
      return answer.exitCode === 2 && answer;
    });
    expect(exitCode).toBe(2);
    expect(document.error).toMatchObject({ code: 'AMBIGUOUS_NAME' });
    expect(document.error['candidates']).toEqual(expect.arrayContaining(twins.map(({ id }) => id)));
  });

  test('whose workflow was terminated is found by doctor and brought back by recover', async () => {
    const { id, name } = await newInstance();
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
});

describe('run', () => {
  test('waits and ends with the task', async () => {
    const { id } = await newInstance();
    const words = ['run', 'reboot', id, '--set', 'type=HARD', '--reason', 'kernel update'];
    const { exitCode, document } = await itask.json<TaskRepresentation>(...words);
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
    const { id, name } = await newInstance();
    const set = await itask.json('fault', 'set', '--unit', 'reboot', '--instance', id, '--fail', 'permanent');
    expect(set).toMatchObject({ exitCode: 0, document: { unit: 'reboot', instance_id: id, host: null } });
    const { exitCode, stdout } = await itask.run('run', 'reboot', id);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✘ reboot FAILED after .* at its step softReboot\n {2}HYPERVISOR_ERROR: /);
    expect(stdout).toContain(`${name} is active`);
    const { document: faults } = await itask.json<object[]>('faults', id);
    expect(faults).toMatchObject([{ code: 'HYPERVISOR_ERROR', action: 'reboot', host: expect.any(String) }]);
    expect(faults[0]).not.toHaveProperty('detail');
    await expectTracebackForAdminsOnly(id);
    expect((await itask.json<unknown[]>('fault', 'clear', '--instance', id)).document).toHaveLength(1);
    const retried = await itask.json<TaskRepresentation>('task', 'retry', await newestTask(id));
    expect(retried).toMatchObject({ exitCode: 0, document: { state: 'COMPLETED', action: 'reboot' } });
    expect(retried.document.retry_of).not.toBeNull();
  });

  async function newestTask(id: string): Promise<string> {
    const { document } = await itask.json<TaskRepresentation[]>('tasks', id);
    return document[0]?.id ?? '';
  }

  async function expectTracebackForAdminsOnly(id: string): Promise<void> {
    const { document: actions } = await itask.json<{ request_id: string; message: string }[]>('actions', id);
    expect(actions).toMatchObject([
      { action: 'reboot', message: 'Error' },
      { action: 'create', message: null },
    ]);
    const words = ['actions', id, actions[0]?.request_id ?? ''];
    const tracebacks = async (...more: string[]) => {
      const { document } = await itask.json<{ events: { result: string; traceback: string | null }[] }>(
        ...words,
        ...more,
      );
      return document.events.find(({ result }) => result === 'Error')?.traceback;
    };
    expect(await tracebacks()).toBeNull();
    expect(await tracebacks('--admin')).toMatch(/UnitFault: .*\n +at /);
  }

  test('is refused while another task runs, unless it queues', async () => {
    const { instance, task } = await hangingReboot();
    const { exitCode, document } = await itask.json<ErrorDocument>('run', 'stop', instance.id);
    expect(exitCode).toBe(3);
    expect(document.error).toMatchObject({
      code: 'INSTANCE_BUSY',
      task_in_the_way: { id: task.id, action: 'reboot', step: 'hardReboot', started_at: expect.any(String) },
    });
    const queued = await itask.json<TaskRepresentation>('run', 'stop', instance.id, '--queue', '--no-wait');
    expect(queued).toMatchObject({ exitCode: 0, document: { action: 'stop', state: 'QUEUED' } });
    await fleet.hypervisors.behave();
    expect((await fleet.ended(queued.document.id)).status).toBe('COMPLETED');
  });

  test('is refused in the wrong state, and for a key that was used for something else', async () => {
    const { id } = await newInstance();
    expect(await itask.json('run', 'start', id)).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'NOT_ALLOWED_IN_STATE', vm_state: 'active', allowed_from: ['stopped'] } },
    });
    const pause = ['run', 'pause', id, '--idempotency-key', 'key'];
    const [first, second] = [
      await itask.json<TaskRepresentation>(...pause),
      await itask.json<TaskRepresentation>(...pause),
    ];
    expect(second.document.id).toBe(first.document.id);
    const other = await itask.json('run', 'unpause', id, '--idempotency-key', 'key');
    expect(other).toMatchObject({ exitCode: 3, document: { error: { code: 'IDEMPOTENCY_CONFLICT' } } });
  });

  test.each([
    [['run', 'frobnicate', 'x'], 'INVALID_INPUT', /only create, delete, start/],
    [['run', 'reboot', 'x', '--set', 'typ=HARD'], 'INVALID_INPUT', /only type, softTimeoutSeconds/],
    [['run', 'reboot', 'x', '--set', 'type=WARM'], 'INVALID_INPUT', /"SOFT"\|"HARD"/],
    [['run', 'resize', 'x', '--set', 'flavor=m9'], 'INVALID_INPUT', /only m1.tiny/],
    [['run', 'reboot', 'x', '--set', 'type'], 'USAGE', /KEY=VALUE/],
    [['run', 'reboot', 'x', '--input', '[1]'], 'USAGE', /JSON object/],
    [['run', 'reboot'], 'USAGE', /missing required argument/],
    [['create', 'x', '--flavor', 'm1.tiny', '--image', 'windows'], 'INVALID_INPUT', /only cirros/],
    [['list', '--limt', '1'], 'USAGE', /Did you mean --limit/],
    [['fault', 'set', '--unit', 'nothing', '--hang'], 'USAGE', /no unit of hosts/],
    [['fault', 'set', '--unit', 'reboot', '--hang', '--die', 'before'], 'USAGE', /cannot be used with/],
    [['worker'], 'USAGE', /--control/],
  ])('with %j is exit 2: %s', async (words, code, message) => {
    const { exitCode, stdout, stderr } = await itask.run(...words, '-o', 'json');
    expect(exitCode).toBe(2);
    const { error }: ErrorDocument = JSON.parse(stdout);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(stderr).toContain(error.message);
  });
});

describe('what is not there', () => {
  test.each([
    ['show', 'nobody'],
    ['show', '00000000-0000-4000-8000-000000000000'],
    ['run', 'stop', 'nobody'],
    ['task', 'show', '00000000-0000-4000-8000-000000000000'],
    ['task', 'cancel', 'no-id'],
  ])('%s %s is exit 4', async (...words) => {
    expect(await itask.json(...words)).toMatchObject({ exitCode: 4, document: { error: { code: 'NOT_FOUND' } } });
  });

  test('Temporal out of reach is exit 5', async () => {
    const answer = await itask.json('list', '--address', '127.0.0.1:1');
    expect(answer).toMatchObject({ exitCode: 5, document: { error: { code: 'UNREACHABLE' } } });
  });
});

describe('a task', () => {
  test('is paused, resumed and cancelled, each once', async () => {
    const { task } = await hangingReboot();
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
    const { id } = await newInstance();
    const task = await fleet.run('stop', id, {});
    const read = async (...words: string[]): Promise<ChangeRepresentation[]> => {
      const { stdout } = await itask.run('task', 'watch', task.id, '-o', 'json', ...words);
      return stdout.split('\n').map((line): ChangeRepresentation => JSON.parse(line));
    };
    const changes = await read();
    expect(changes[0]).toMatchObject({ kind: 'status', state: 'RUNNING' });
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'step', step: 'shutDown', state: 'COMPLETED' }));
    expect(changes.at(-1)).toMatchObject({ kind: 'ended', task: { id: task.id, state: 'COMPLETED' } });
    expect(await read('--cursor', changes[1]?.cursor ?? '')).toEqual(changes.slice(2));
  });

  test('tells of the progress of its unit while that runs', async () => {
    const { id } = await newInstance();
    const misbehaviour = { kind: 'delay', duration: '4s' } as const;
    const behave = await fleet.hypervisors.misbehave({ unit: 'shutDownGuest', instance: id, misbehaviour });
    const task = await fleet.client.submit('stop', id, {});
    const { stdout } = await itask.run('task', 'watch', task.id, '-o', 'json');
    await behave();
    const shares = stdout
      .split('\n')
      .map((line): ChangeRepresentation => JSON.parse(line))
      .flatMap((change) => ('progress' in change ? change.progress : []));
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
  });

  test('goes on when Ctrl-C leaves it', async () => {
    const instance = await newInstance();
    await itask.run('fault', 'set', '--unit', 'hardRebootGuest', '--instance', instance.id, '--hang');
    const running = itask.start('run', 'reboot', instance.id, '--set', 'type=HARD');
    const task = await eventually('it runs', async () => (await fleet.client.tasks(instance.id))[1]);
    await fleet.untilInUnit(task.id, 'hardReboot');
    await eventually('it watches', async () => {
      running.kill('SIGINT');
      return running.exitCode !== null;
    });
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    expect(stdout).toContain(`itask task watch ${task.id}`);
    expect(stdout).toContain(`itask task cancel ${task.id}`);
    expect((await fleet.client.task(task.id)).status).toBe('RUNNING');
    await itask.run('fault', 'clear');
    expect((await fleet.ended(task)).status).toBe('COMPLETED');
  });
});

describe('operators', () => {
  test('read what an operation does from its declaration', async () => {
    const { document } = await itask.json<{ steps: object[]; input: object }>('operations', 'resize');
    expect(document.steps[0]).toMatchObject({ name: 'claim', unit: 'claimHost', undo: 'releaseClaim', deadline: '1m' });
    expect(document.input).toMatchObject({ required: ['flavor'] });
    const { stdout } = await itask.run('operations');
    expect(stdout).toMatch(/confirmResize .*resized/);
    expect(stdout).toMatch(/hardRebootGuest .*host/);
  });

  test('see the hosts, and serve one more with a worker until it is told to end', async () => {
    const worker = itask.start('worker', '--host', 'host-3', '-o', 'json');
    const isReady = new Promise((resolve) => {
      worker.stderr.on('data', (chunk: Buffer) => chunk.toString().includes('"msg":"ready"') && resolve(true));
    });
    await Promise.race([isReady, worker]);
    const { document } = await itask.json<{ name: string; serving: boolean; free: object }[]>('hosts');
    expect(document.map(({ name, serving }) => `${name} ${serving}`)).toEqual([
      'host-1 true',
      'host-2 true',
      'host-3 true',
    ]);
    worker.kill('SIGTERM');
    const { exitCode, stdout } = await worker;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ control: false, hosts: ['host-3'], state: 'ended' });
  });

  test('are told of everything that is wrong, with the fix', async () => {
    const { exitCode, document } = await itask.json<{ checks: { name: string; ok: boolean; fix: string | null }[] }>(
      'doctor',
    );
    expect(exitCode).toBe(1);
    const byName = new Map(document.checks.map((check) => [check.name, check]));
    expect(byName.get('search attributes')).toMatchObject({ ok: true });
    expect(byName.get('control workers')).toMatchObject({ ok: true });
    expect(byName.get('host host-1')).toMatchObject({ ok: true });
    expect(byName.get('host host-3')).toMatchObject({ ok: false, fix: expect.stringContaining('--host host-3') });
  });
});
