/** Temporal knows nothing of an instance any more, and its host tells what it was. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Guest } from '../../activities/drivers/simulated/state.ts';
import type { InstanceRecord, NewInstance } from '../../src/client/index.ts';
import { hostWorkflowId, instanceWorkflowId } from '../../src/model/task.ts';
import { releaseResources } from '../../workflows/messages.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { forget } from '../support/forget.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.dispose());

const onHost1 = (wanted: Partial<NewInstance> = {}) => fleet.activeInstance({ host: 'host-1', ...wanted });

const withoutRecord = ({ record: _record, ...guest }: Guest): Guest => guest;

/** What is had back of a record: all but what the host cannot know, or numbers anew. */
const hadBack = (before: InstanceRecord): unknown => ({
  ...before,
  generation: expect.any(Number),
  updatedAt: expect.any(String),
});

const nasty = `<it:instance digest="x"> & 'quoted' ]]> &lt; ü 🦆`;

describe('an instance whose host tells of it', () => {
  test('is what it was, whatever people have called it, and takes operations again', async () => {
    const { id } = await onHost1({
      name: nasty,
      description: nasty,
      metadata: { role: `front\n\t${nasty}\u0000`, empty: '' },
      tags: [`<b>'"`, 'a'],
      hostname: 'web-1',
      accessIPv4: '192.0.2.7',
    });
    await fleet.run('reboot', id, { type: 'HARD' });
    const before = await fleet.client.get(id);
    await forget(fleet, id);

    const record = await fleet.client.rebuild(id, 'host-1');
    expect(record).toEqual(hadBack(before));
    expect(record.generation).toBeGreaterThan(before.generation);
    await expectRecordEqualsHypervisor(fleet, id);
    for (const [operation, input] of [
      ['reboot', { type: 'HARD' }],
      ['stop', {}],
      ['start', {}],
      ['migrate', { host: 'host-2' }],
      ['confirmResize', {}],
    ] as const) {
      expect(await fleet.run(operation, id, input)).toMatchObject({ operation, status: 'COMPLETED' });
      await expectRecordEqualsHypervisor(fleet, id);
    }
    await fleet.run('delete', id, {});
    await expectNothingLeft(fleet, id);
  });

  test('is what it was when its guest was last defined', async () => {
    const { id, createdAt } = await onHost1({ tags: ['old'] });
    await fleet.run('update', id, { name: 'renamed' });
    await fleet.run('lock', id, {});
    await forget(fleet, id);
    expect(await fleet.client.rebuild(id, 'host-1')).toMatchObject({
      name: 'subject',
      tags: ['old'],
      locked: null,
      launchedAt: createdAt,
    });
  });

  test('has its volumes and interfaces, those too that it was given while it ran', async () => {
    await fleet.hypervisors.makeVolume('data');
    const { id } = await onHost1({ networks: [{ network: 'private', fixedIp: '10.0.0.9' }] });
    await fleet.run('attachVolume', id, { volume: 'data' });
    await fleet.run('attachInterface', id, { network: 'public' });
    const { volumes, interfaces } = await fleet.client.get(id);
    await forget(fleet, id);
    expect(await fleet.client.rebuild(id, 'host-1')).toMatchObject({ volumes, interfaces });
    await expectRecordEqualsHypervisor(fleet, id);
    expect(await fleet.run('detachVolume', id, { volume: 'data' })).toMatchObject({ status: 'COMPLETED' });
  });

  test.each(['stop', 'pause', 'suspend', 'rescue'] as const)('is what %s has made of it', async (operation) => {
    const { id } = await onHost1();
    await fleet.run(operation, id, {});
    const before = await fleet.client.get(id);
    await forget(fleet, id);
    const { vmState, powerState, residence, vmStateBeforeSuspend } = before;
    const record = await fleet.client.rebuild(id, 'host-1');
    expect(record).toMatchObject({ vmState, powerState, residence, vmStateBeforeSuspend });
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test.each([
    ['host-2', 'confirmResize', 'm1.medium'],
    ['host-2', 'revertResize', 'm1.small'],
    ['host-1', 'revertResize', 'm1.small'],
  ] as const)('that was resized on %s waits for %s', async (host, decision, flavor) => {
    const { id } = await onHost1();
    await fleet.run('resize', id, { flavor: 'm1.medium', host });
    const before = await fleet.client.get(id);
    await forget(fleet, id);
    expect(await fleet.client.rebuild(id, host)).toEqual(hadBack(before));
    await expectRecordEqualsHypervisor(fleet, id);
    expect(await fleet.run(decision, id, {})).toMatchObject({ status: 'COMPLETED' });
    const { vmState, residence } = await expectRecordEqualsHypervisor(fleet, id);
    expect(vmState).toBe('active');
    await forget(fleet, id);
    expect(await fleet.client.rebuild(id, residence?.host ?? '')).toMatchObject({
      vmState: 'active',
      pendingResize: null,
      flavor: { name: flavor },
      residence,
    });
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('keeps its config drive without what is secret on it, which no host has noted', async () => {
    const secret = Buffer.from('#!/bin/sh\necho secret\n').toString('base64');
    const { id, configDrive } = await onHost1({ userData: secret, metadata: { role: 'front' } });
    const { ciphertext = '' } = configDrive?.userData ?? {};
    expect(ciphertext).not.toBe('');
    const journal = JSON.stringify(await fleet.hypervisors.journal(id));
    expect(journal).not.toContain(ciphertext);
    expect(journal).not.toContain(secret);
    await forget(fleet, id);
    expect((await fleet.client.rebuild(id, 'host-1')).configDrive).toEqual({});
    await fleet.run('reboot', id, { type: 'HARD' });
    const drive = await fleet.hypervisors.configDrive(await fleet.client.get(id));
    expect(drive).toMatchObject({ metadata: { meta: { role: 'front' } } });
    expect(Object.keys(drive?.digests ?? {})).not.toContain('openstack/latest/user_data');
  });
});

describe('the room of an instance', () => {
  /** The host's books have lost the claim of an instance, and its workers find a guest that is nobody's. */
  async function stray(): Promise<InstanceRecord> {
    const instance = await onHost1();
    const fence = { generation: instance.generation, sequence: 9, attempt: 1 };
    const release = { claim: instance.residence?.claim ?? '', fence };
    await fleet.temporal.workflow
      .getHandle(hostWorkflowId('host-1'))
      .executeUpdate(releaseResources, { args: [release] });
    await fleet.worker('host-1').kill();
    await fleet.worker('host-1').start();
    expect((await fleet.client.host('host-1')).traits?.strays).toEqual([instance.id]);
    await forget(fleet, instance.id);
    return instance;
  }

  test('is claimed anew where the host keeps none, and its guest is no stray any more', async () => {
    const { id } = await stray();
    await fleet.client.rebuild(id, 'host-1');
    expect((await fleet.client.host('host-1')).traits?.strays).toEqual([]);
    expect(await fleet.hypervisors.claims(id)).toHaveLength(1);
    await expectRecordEqualsHypervisor(fleet, id);
    await fleet.run('delete', id, {});
    await expectNothingLeft(fleet, id);
  });

  test('is claimed once when two ask at once, of whom one has the instance', async () => {
    const { id } = await stray();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => fleet.client.rebuild(id, 'host-1')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'RefusedError' });
    }
    await expectRecordEqualsHypervisor(fleet, id);
  });

  test('is given up on hosts where the guest is not', async () => {
    const { id } = await onHost1();
    const task = await heldMigration(id);
    await fleet.temporalCli('workflow', 'terminate', '--workflow-id', `task/${task}`);
    await fleet.hypervisors.behave();
    await forget(fleet, id);
    await eventually('the task is known to have ended', async () =>
      (await fleet.client.listTasks({ instanceId: id })).rows.every(({ endedAt }) => endedAt !== null),
    );
    await fleet.client.rebuild(id, 'host-1');
    expect((await fleet.hypervisors.claims(id)).map(({ host }) => host)).toEqual(['host-1']);
  });
});

/** A migration that waits in the unit which copies the disk. */
async function heldMigration(instance: string): Promise<string> {
  await fleet.hypervisors.misbehave({ unit: 'copyDisk', instance, misbehaviour: { kind: 'hang' } });
  const { id } = await fleet.client.submit('migrate', instance, { host: 'host-2' });
  await fleet.untilInUnit(id, 'copyDisk');
  return id;
}

describe('nothing is had back from a host', () => {
  test('of an instance that runs, that was deleted, or that Temporal still knows', async () => {
    const { id } = await onHost1();
    await expect(fleet.client.rebuild(id, 'host-1')).rejects.toThrow('is not lost: its workflow runs');
    await fleet.temporalCli('workflow', 'terminate', '--workflow-id', instanceWorkflowId(id));
    await expect(fleet.client.rebuild(id, 'host-1')).rejects.toThrow('Temporal still knows');
    await fleet.client.rebuild(id);
    await fleet.run('delete', id, {});
    await expect(fleet.client.rebuild(id, 'host-1')).rejects.toThrow(/was deleted|its workflow runs/);
  });

  test('by a host that has no such guest, or that there is not', async () => {
    const { id } = await onHost1();
    await forget(fleet, id);
    await expect(fleet.client.rebuild(id, 'host-2')).rejects.toThrow(/hypervisor does not know the machine/);
    await expect(fleet.client.rebuild(id, 'host-9')).rejects.toThrow('there is no host host-9');
    expect(await fleet.hypervisors.claims(id)).toHaveLength(1);
    await fleet.client.rebuild(id, 'host-1');
  });

  test('while a task of it still runs', async () => {
    const { id } = await onHost1();
    const task = await heldMigration(id);
    await forget(fleet, id);
    await expect(fleet.client.rebuild(id, 'host-1')).rejects.toThrow(
      `migrate (task ${task}) of instance ${id} still runs`,
    );
    await fleet.hypervisors.behave();
  });

  test('where an earlier version has noted nothing', async () => {
    const { id } = await onHost1();
    await fleet.hypervisors.tamper('host-1', id, ({ guest }) => ({ guest: guest && withoutRecord(guest) }));
    await forget(fleet, id);
    await expect(fleet.client.rebuild(id, 'host-1')).rejects.toThrow('and noted nothing of it');
  });
});
