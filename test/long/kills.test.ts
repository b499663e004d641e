/** kill -9 of each process, at a step boundary and in mid-unit: after its restart a task ends as it would have. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/client/index.ts';
import { expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

/** A worker has 40 s to be back: on a busy machine it takes its time to start. */
const deadlineScale = 2;
const home = 'host-1';

const subjects = {
  'reboot HARD': {
    step: 'hardReboot',
    unit: 'hardRebootGuest',
    leadsTo: 'active',
    submit: async () => {
      const { id } = await fleet.activeInstance({ host: home });
      return () => fleet.client.submit('reboot', id, { type: 'HARD' }, { deadlineScale });
    },
  },
  create: {
    step: 'disk',
    unit: 'createDisk',
    leadsTo: 'active',
    submit: async () => () =>
      fleet.client.create({ name: 'new', flavor: 'm1.small', image: 'cirros', host: home }, { deadlineScale }),
  },
  resize: {
    step: 'copyDisk',
    unit: 'copyDisk',
    leadsTo: 'resized',
    submit: async () => {
      const { id } = await fleet.activeInstance({ host: home });
      return () => fleet.client.submit('resize', id, { flavor: 'm1.medium', host: 'host-2' }, { deadlineScale });
    },
  },
} as const;
type Subject = keyof typeof subjects;
const names: readonly Subject[] = ['reboot HARD', 'create', 'resize'];

let fleet: Fleet;
/** What each operation does when nothing is killed. */
const undisturbed = new Map<Subject, string[]>();

beforeAll(async () => {
  fleet = await startFleet();
  for (const name of names) {
    const submit = await subjects[name].submit();
    const task = await fleet.ended(await submit());
    expect(task.status).toBe('COMPLETED');
    undisturbed.set(name, await fleet.hypervisors.effects(task));
  }
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

/** Submits all operations at once, each to an instance of its own. */
async function submitAll(prepare: () => Promise<void> = async () => {}): Promise<Map<Subject, Task>> {
  const ready = await Promise.all(names.map((name) => subjects[name].submit()));
  await prepare();
  const tasks = await Promise.all(ready.map((submit) => submit()));
  return new Map(names.map((name, index) => [name, tasks[index]!]));
}

/** Submits all operations, and waits until the slow unit of each is under way. */
async function inMidUnit(duration: '2s' | '6s'): Promise<Map<Subject, Task>> {
  const tasks = await submitAll(async () => {
    for (const name of names) {
      await fleet.hypervisors.misbehave({ unit: subjects[name].unit, misbehaviour: { kind: 'delay', duration } });
    }
  });
  await Promise.all([...tasks].map(([name, { id }]) => fleet.untilInUnit(id, subjects[name].step)));
  return tasks;
}

const untilEffect = async (tasks: Map<Subject, Task>) => {
  await Promise.all([...tasks.values()].map(({ id }) => fleet.untilNoUnit(id)));
};

async function expectAsIfNothingHadHappened(tasks: Map<Subject, Task>): Promise<void> {
  for (const [name, { id }] of tasks) {
    const task = await fleet.ended(id);
    expect({ name, status: task.status, fault: task.fault }).toEqual({ name, status: 'COMPLETED', fault: null });
    expect(await fleet.hypervisors.effects(task)).toEqual(undisturbed.get(name));
    const { vmState } = await expectRecordEqualsHypervisor(fleet, task.instanceId);
    expect(vmState).toBe(subjects[name].leadsTo);
  }
}

describe('kill -9 of the host worker', () => {
  test('in mid-unit: another attempt does the unit', async () => {
    const tasks = await inMidUnit('2s');
    await fleet.worker(home).restart();
    await expectAsIfNothingHadHappened(tasks);
  });

  test('at a step boundary: the next unit waits for the worker', async () => {
    const tasks = await submitAll(() => fleet.worker(home).kill());
    const first = { 'reboot HARD': 'hardReboot', create: 'network', resize: 'shutDown' } as const;
    await Promise.all([...tasks].map(([name, { id }]) => fleet.untilInQueue(id, first[name])));
    await fleet.worker(home).start();
    await expectAsIfNothingHadHappened(tasks);
  });

  test.each(names)('before and after the effect of a unit of %s: it is done once', async (name) => {
    const submit = await subjects[name].submit();
    for (const moment of ['before', 'after'] as const) {
      await fleet.hypervisors.misbehave({ unit: subjects[name].unit, misbehaviour: { kind: 'die', moment } });
    }
    const task = await submit();
    for (let death = 1; death <= 2; death += 1) {
      await fleet.worker(home).died();
      await fleet.worker(home).start();
    }
    await expectAsIfNothingHadHappened(new Map([[name, task]]));
  });
});

describe('kill -9 of the control worker', () => {
  test('in mid-unit: the unit goes on meanwhile', async () => {
    const tasks = await inMidUnit('6s');
    await fleet.control.restart();
    await expectAsIfNothingHadHappened(tasks);
  });

  test('at a step boundary: the task goes on where it was', async () => {
    const tasks = await inMidUnit('2s');
    await fleet.control.kill();
    await untilEffect(tasks);
    await fleet.control.start();
    await expectAsIfNothingHadHappened(tasks);
  });

  test('in the middle of its own units: every instance gets one claim, and is made', async () => {
    const wanted = { name: 'one of many', flavor: 'm1.small', image: 'cirros' };
    const tasks = await Promise.all(Array.from({ length: 10 }, () => fleet.client.create(wanted, { deadlineScale })));
    await Promise.race(tasks.map((task) => fleet.workerInUnit(task.id, 'claim')));
    await fleet.control.restart();
    for (const { id } of tasks) {
      const { status, instanceId } = await fleet.ended(id);
      expect(status).toBe('COMPLETED');
      await expectRecordEqualsHypervisor(fleet, instanceId);
    }
  });
});

describe('kill -9 of the Temporal server', () => {
  test('in mid-unit: the unit goes on meanwhile', async () => {
    const tasks = await inMidUnit('6s');
    await fleet.server.restart();
    await expectAsIfNothingHadHappened(tasks);
  });

  test('at a step boundary: the task goes on where it was', async () => {
    const tasks = await inMidUnit('2s');
    fleet.control.freeze();
    await untilEffect(tasks);
    await fleet.server.restart();
    fleet.control.thaw();
    await expectAsIfNothingHadHappened(tasks);
  });
});

test('kill -9 of everything at once in mid-unit: all goes on after the restart', async () => {
  const tasks = await inMidUnit('2s');
  await Promise.all([...fleet.workers, fleet.server].map((process) => process.kill()));
  await fleet.server.start();
  await Promise.all(fleet.workers.map((worker) => worker.start()));
  await expectAsIfNothingHadHappened(tasks);
});
