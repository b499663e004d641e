/** kill -9, in the middle of what takes a while: the task ends defined, it has happened once, and nothing is left behind. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import type { HostName } from '../drivers/libvirt/daemons.ts';
import { eventually } from '../support/eventually.ts';
import type { Tick } from './guest.ts';
import { expectTidy } from './leftovers.ts';
import { inTheMiddle, qemuOf, soon } from './processes.ts';
import { small, Stage, tiny } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
}, 300_000);
afterAll(() => stage.dispose());

/** What dies, and comes back where somebody brings it back. */
type Kill = (host: HostName, task: { readonly instanceId: string; readonly virsh: number }) => Promise<void>;
const worker: Kill = async (host) => {
  await stage.fleet.worker(host).restart();
};
const libvirtd: Kill = async (host) => {
  await stage.daemons.kill(host);
  await stage.daemons.start();
};
const virsh: Kill = async (_host, task) => {
  process.kill(task.virsh, 'SIGKILL');
};
const qemu: Kill = async (host, { instanceId }) => {
  process.kill(await soon('QEMU runs', () => qemuOf(stage, host, instanceId)), 'SIGKILL');
};
const survivable = [
  ['the worker of its host', worker],
  ['libvirtd', libvirtd],
  ['virsh', virsh],
] as const;

/** The instance that most of them happen to: it runs on host a, and was made by the first test that needs it. */
let subject: InstanceRecord | undefined;
async function running(): Promise<{ readonly id: string; readonly boots: number; readonly tick: Tick }> {
  subject ??= await stage.instance('a', tiny);
  const { id } = subject;
  const { vmState } = await stage.client.get(id);
  const guest = stage.guest(id);
  let boots = (await guest.boots()).length;
  if (vmState !== 'active') {
    await stage.done('reboot', id, { type: 'HARD' });
    boots += 1;
    await guest.untilUp(boots);
  }
  return { id, boots, tick: await guest.now() };
}

/** Waits until the record says what the hypervisor has: a guest that was killed does not run. */
const untilOff = (id: string) =>
  eventually('the record says that the guest is off', async () => {
    const { powerState, taskState, vmState } = await stage.client.get(id);
    return taskState === null && powerState === 'SHUTDOWN' && vmState === 'stopped';
  });

async function completed(task: Task): Promise<Task> {
  const ended = await stage.fleet.ended(task);
  expect({ status: ended.status, fault: ended.fault }).toMatchObject({ status: 'COMPLETED', fault: null });
  return ended;
}

const isEnded = ({ status }: Task) => status === 'COMPLETED' || status === 'FAILED';

describe('In the middle of a create', () => {
  const begun = () =>
    inTheMiddle(stage, 'start', () => stage.client.create({ name: 'new', flavor: small, image: 'cirros', host: 'a' }));

  test.each(survivable)('%s is killed: the instance is made, and has booted once', async (_what, kill) => {
    const task = await begun();
    await kill('a', task);
    await completed(task);
    expect(await stage.guest(task.instanceId).untilUp(1)).toMatchObject({ boot: 1 });
    await expectTidy(stage, [task.instanceId, ...(subject ? [subject.id] : [])]);
    await stage.done('delete', task.instanceId);
    await expectTidy(stage, subject ? [subject.id] : []);
  });

  test('QEMU is killed: it fails and leaves nothing, or the instance is seen to have stopped', async () => {
    const task = await begun();
    await qemu('a', task);
    const { status } = await stage.fleet.ended(task);
    if (status === 'COMPLETED') await untilOff(task.instanceId);
    else expect(await stage.client.get(task.instanceId)).toMatchObject({ vmState: 'error', residence: null });
    await expectTidy(stage, [task.instanceId, ...(subject ? [subject.id] : [])]);
    await stage.done('delete', task.instanceId);
    await expectTidy(stage, subject ? [subject.id] : []);
  });
});

describe('In the middle of a hard reboot', () => {
  const begun = (id: string) => inTheMiddle(stage, 'start', () => stage.client.submit('reboot', id, { type: 'HARD' }));

  test.each(survivable)('%s is killed: the guest has booted once', async (_what, kill) => {
    const { id, boots } = await running();
    const task = await begun(id);
    await kill('a', task);
    await completed(task);
    expect(await stage.guest(id).untilUp(boots + 1)).toMatchObject({ boot: boots + 1 });
    await expectTidy(stage, [id]);
  });

  test('QEMU is killed: the instance is what the hypervisor says, and boots again', async () => {
    const { id, boots } = await running();
    const task = await begun(id);
    await qemu('a', task);
    expect(isEnded(await stage.fleet.ended(task))).toBe(true);
    await untilOff(id);
    await expectTidy(stage, [id]);
    await stage.done('start', id);
    expect(await stage.guest(id).untilUp(boots + 1)).toMatchObject({ boot: boots + 1 });
  });
});

describe('In the middle of a suspend', () => {
  const begun = (id: string) => inTheMiddle(stage, 'managedsave', () => stage.client.submit('suspend', id, {}));

  test.each(survivable)('%s is killed: the memory is saved, and the guest lives on from it', async (_what, kill) => {
    const { id, tick } = await running();
    const task = await begun(id);
    await kill('a', task);
    await completed(task);
    await expectTidy(stage, [id]);
    await stage.done('resume', id);
    await stage.guest(id).livesOn(tick);
    await expectTidy(stage, [id]);
  });

  test('QEMU is killed: nothing is saved, and the guest boots again', async () => {
    const { id, boots } = await running();
    const task = await begun(id);
    await qemu('a', task);
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'FAILED' });
    await untilOff(id);
    await expectTidy(stage, [id]);
    await stage.done('start', id);
    expect(await stage.guest(id).untilUp(boots + 1)).toMatchObject({ boot: boots + 1 });
  });
});

describe('In the middle of a snapshot', () => {
  const begun = (id: string) =>
    inTheMiddle(stage, 'backup-begin', () => stage.client.submit('createImage', id, { name: 'golden' }));

  test.each(survivable)('%s is killed: there is one whole image, and the guest lives on', async (_what, kill) => {
    const { id, tick } = await running();
    const task = await begun(id);
    await kill('a', task);
    const ended = await completed(task);
    await stage.guest(id).livesOn(tick);
    const image = String(ended.result?.['image']);
    await expectTidy(stage, [id], [image]);
    await stage.places.removeImage(image);
  });

  test('QEMU is killed: there is no image', async () => {
    const { id } = await running();
    const task = await begun(id);
    await qemu('a', task);
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'FAILED' });
    await untilOff(id);
    await expectTidy(stage, [id]);
  });
});

describe('In the middle of a swap of volumes', () => {
  const begun = async () => {
    const { id } = await running();
    const [volume, toVolume] = [`of-${Date.now()}`, `to-${Date.now()}`];
    for (const each of [volume, toVolume]) await stage.places.makeVolume(each, 1);
    await stage.done('attachVolume', id, { volume });
    const guest = stage.guest(id);
    for (const word of ['fill vdb 256', 'write vdb precious']) expect(await guest.type(word)).toContain('IT-OK');
    const task = await inTheMiddle(stage, 'blockcopy', () =>
      stage.client.submit('swapVolume', id, { volume, toVolume }),
    );
    return { id, toVolume, task, tick: await guest.now() } as const;
  };

  test.each(survivable.filter(([what]) => what !== 'virsh'))(
    '%s is killed: the guest goes on with all that it has written, and no job is left',
    async (_what, kill) => {
      const { id, toVolume, task, tick } = await begun();
      await kill('a', task);
      await completed(task);
      await stage.guest(id).livesOn(tick);
      expect(await stage.guest(id).type('read vdb')).toContain('precious');
      expect((await stage.places.virsh('a', 'blockjob', `instance-${id}`, 'vdb', '--info')).stdout).toBe('');
      await expectTidy(stage, [id]);
      await stage.done('detachVolume', id, { volume: toVolume });
    },
  );

  test('QEMU is killed: what was written is on the volume that the instance has', async () => {
    const { id, task } = await begun();
    const boots = (await stage.guest(id).boots()).length;
    await qemu('a', task);
    expect(isEnded(await stage.fleet.ended(task))).toBe(true);
    await untilOff(id);
    await expectTidy(stage, [id]);
    await stage.done('start', id);
    await stage.guest(id).untilUp(boots + 1);
    expect(await stage.guest(id).type('read vdb')).toContain('precious');
    const [{ volume } = { volume: '' }] = (await stage.client.get(id)).volumes ?? [];
    await stage.done('detachVolume', id, { volume });
  });
});

describe('In the middle of a live migration', () => {
  /** So slow that it does not end before it is to. */
  const speed = (host: HostName, id: string, mibPerSecond: number) =>
    stage.places.virsh(host, 'migrate-setspeed', `instance-${id}`, String(mibPerSecond));
  const begun = async () => {
    const { id, tick } = await running();
    const from = (await stage.client.get(id)).residence?.host === 'b' ? 'b' : 'a';
    const to = from === 'a' ? 'b' : 'a';
    await speed(from, id, 8);
    const task = await inTheMiddle(stage, 'migrate', () => stage.client.submit('liveMigrate', id, {}));
    await eventually('it copies', async () =>
      (await stage.places.virsh(from, 'domjobinfo', `instance-${id}`)).stdout.includes('Data processed'),
    );
    return { id, tick, from, to, task } as const;
  };

  test.each([...survivable, ['libvirtd of the destination', libvirtd]] as const)(
    '%s is killed: the guest arrives, and lives on',
    async (what, kill) => {
      const { id, tick, from, to, task } = await begun();
      await kill(what.endsWith('destination') ? to : from, task);
      await speed(from, id, 1_000);
      await completed(task);
      expect((await stage.client.get(id)).residence?.host).toBe(to);
      await stage.guest(id).livesOn(tick);
      await expectTidy(stage, [id]);
    },
  );

  test('QEMU of the destination is killed: the guest lives on where it was', async () => {
    const { id, tick, from, to, task } = await begun();
    await qemu(to, task);
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'FAILED' });
    expect((await stage.client.get(id)).residence?.host).toBe(from);
    await stage.guest(id).livesOn(tick);
    await expectTidy(stage, [id]);
  });

  test('QEMU of the source is killed: it fails, the instance is stopped where it was, and boots again', async () => {
    const { id, from, task } = await begun();
    const boots = (await stage.guest(id).boots()).length;
    await qemu(from, task);
    expect(await stage.fleet.ended(task)).toMatchObject({ status: 'FAILED' });
    await untilOff(id);
    await expectTidy(stage, [id]);
    await stage.done('start', id);
    await stage.guest(id).untilUp(boots + 1);
  });
});
