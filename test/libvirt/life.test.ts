/** A whole life of an instance: every operation, as the guest sees it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Guest, Boot } from './guest.ts';
import { expectTidy } from './leftovers.ts';
import { small, Stage } from './stage.ts';

const gib = 1_073_741_824;
const large = { name: 'large', vcpus: 2, memoryMb: 128, diskGb: 2 };

let stage: Stage;
let id: string;
let guest: Guest;
/** Its last boot, and images that were made of it. */
let boot: Boot;
let golden: string;
const images: string[] = [];

beforeAll(async () => {
  stage = await Stage.set();
  await stage.places.makeVolume('data', 1);
  await stage.places.makeVolume('spare', 2);
}, 300_000);
afterAll(() => stage.dispose());

const record = () => stage.client.get(id);
/** What the guest itself has kept on its disk since the beginning. */
const kept = () => guest.type('get life');
const first = 'IT-OK get life first';

/** Expects another boot, which the disk knows to come after the last. */
async function bootsAgain(facts: Partial<Boot> = {}): Promise<void> {
  const last = boot;
  boot = await guest.bootAfter(last);
  expect(boot).toMatchObject({ image: last.image, boot: last.boot + 1, ...facts });
}

test('create: it boots from its image, as large as its flavor says', async () => {
  ({ id } = await stage.instance());
  guest = stage.guest(id);
  boot = await guest.untilUp(1);
  expect(boot).toMatchObject({ image: 'cirros', boot: 1, vcpus: 1, diskBytes: gib });
  expect(boot.memoryMb).toBeGreaterThan(48);
  expect(boot.memoryMb).toBeLessThan(80);
  await guest.type('put life first');
  await expectTidy(stage, [id]);
});

test('pause and unpause: it goes on where it was', async () => {
  const before = await guest.now();
  await stage.done('pause', id);
  expect(await record()).toMatchObject({ vmState: 'paused', powerState: 'PAUSED' });
  await stage.done('unpause', id);
  await guest.livesOn(before);
});

test('suspend and resume: it goes on where it was', async () => {
  const before = await guest.now();
  await stage.done('suspend', id);
  await expectTidy(stage, [id]);
  await stage.done('resume', id);
  await guest.livesOn(before);
  await expectTidy(stage, [id]);
});

test('stop and start: it shuts down when the button is pressed, and boots from its disk', async () => {
  const before = (await guest.lines()).length;
  await stage.done('stop', id);
  expect(await record()).toMatchObject({ vmState: 'stopped', powerState: 'SHUTDOWN' });
  await guest.says(/IT-HALT cause=button/, before - 1);
  await stage.done('start', id);
  await bootsAgain();
  expect(await kept()).toBe(first);
});

test('stop of a guest that takes no notice of the button: it is switched off', async () => {
  await guest.type('ignore-button');
  await stage.done('stop', id, { shutdownTimeoutSeconds: 5 });
  expect(await record()).toMatchObject({ vmState: 'stopped', powerState: 'SHUTDOWN' });
  await stage.done('start', id);
  await bootsAgain();
});

test('reboot SOFT: it shuts down by itself, and boots', async () => {
  const before = (await guest.lines()).length;
  await stage.done('reboot', id, { type: 'SOFT' });
  await guest.says(/IT-HALT cause=button/, before - 1);
  await bootsAgain();
});

test('reboot HARD: it boots, without having shut down', async () => {
  const before = (await guest.lines()).length;
  await stage.done('reboot', id, { type: 'HARD' });
  await bootsAgain();
  expect((await guest.lines()).slice(before - 1).join('\n')).not.toContain('IT-HALT');
});

test('changePassword: the guest has it', async () => {
  const adminPass = `it's "quoted" <&> $(reboot)`;
  const before = (await guest.lines()).length;
  await stage.done('changePassword', id, { adminPass });
  const sha256 = createHash('sha256').update(adminPass).digest('hex');
  await guest.says(new RegExp(`^IT-PASSWORD user=root sha256=${sha256}`), before - 1);
});

test('attachVolume, detachVolume and swapVolume: the guest sees them come and go, but not change, and what is on them stays', async () => {
  const before = (await guest.lines()).length - 1;
  await stage.done('attachVolume', id, { volume: 'data' });
  await guest.says(/^IT-DISK\+ vdb size=1073741824 serial=data/, before);
  expect(await guest.type('write vdb precious')).toContain('IT-OK');
  await stage.done('detachVolume', id, { volume: 'data' });
  await guest.says(/^IT-DISK- vdb/, before);
  const reattached = (await guest.lines()).length - 1;
  await stage.done('attachVolume', id, { volume: 'data' });
  await guest.says(/^IT-DISK\+ vdb/, reattached);
  expect(await guest.type('read vdb')).toContain('precious');
  const swapped = (await guest.lines()).length - 1;
  await stage.done('swapVolume', id, { volume: 'data', toVolume: 'spare' });
  expect(await guest.type('read vdb')).toContain('precious');
  expect((await guest.lines()).slice(swapped).filter((line) => line.startsWith('IT-DISK'))).toEqual([]);
  await stage.done('detachVolume', id, { volume: 'spare' });
  await guest.says(/^IT-DISK- vdb/, swapped);
  await stage.done('attachVolume', id, { volume: 'spare' });
  await guest.says(/^IT-DISK\+ vdb size=2147483648 serial=spare/, swapped);
  expect(await guest.type('read vdb')).toContain('precious');
  await stage.done('detachVolume', id, { volume: 'spare' });
});

test('attachInterface and detachInterface: the guest sees it come and go', async () => {
  const before = (await guest.lines()).length - 1;
  await stage.done('attachInterface', id, { network: 'private' });
  const [{ mac, port } = { mac: '', port: '' }] = (await record()).interfaces ?? [];
  await guest.says(new RegExp(`^IT-NIC\\+ eth1 mac=${mac}`), before);
  await stage.done('detachInterface', id, { port });
  await guest.says(/^IT-NIC- eth1/, before);
});

test('triggerCrashDump: the guest notices', async () => {
  const before = (await guest.lines()).length - 1;
  await stage.done('triggerCrashDump', id);
  await guest.says(/NMI/, before);
});

test('createImage and createBackup: it lives on meanwhile', async () => {
  const before = await guest.now();
  const { result } = await stage.done('createImage', id, { name: '"golden" <image>' });
  golden = String(result?.['image']);
  const backup = { name: 'monday', backupType: 'daily', rotation: 1 };
  await stage.done('createBackup', id, backup);
  const { result: second } = await stage.done('createBackup', id, backup);
  images.push(golden, String(second?.['image']));
  await guest.livesOn(before);
  await expectTidy(stage, [id], images);
});

test('create from that image: it has what was on the disk', async () => {
  const made = await stage.fleet.activeInstance({ flavor: small, image: golden, host: 'b' });
  const other = stage.guest(made.id);
  expect(await other.untilUp(1)).toMatchObject({ boot: boot.boot + 1, image: 'cirros' });
  expect(await other.type('get life')).toBe(first);
  await stage.done('delete', made.id);
  await expectTidy(stage, [id, made.id], images);
});

test('rescue and unrescue: it runs from another disk, with its own and its volume beside it, and then from its own again', async () => {
  // As the device that the second disk of a guest has otherwise.
  await stage.done('attachVolume', id, { volume: 'spare', device: '/dev/vdb' });
  const own = boot;
  const before = (await guest.lines()).length - 1;
  await stage.done('rescue', id, { image: 'rescue' });
  boot = await guest.bootAfter(own);
  expect(boot).toMatchObject({ image: 'rescue', boot: 1 });
  await guest.says(new RegExp(`^IT-DISK vd[bc] .*boots=${own.boot} image=cirros`), before);
  await guest.says(/^IT-DISK vd[bc] size=2147483648 serial=spare/, before);
  await stage.done('unrescue', id);
  boot = { ...own, id: boot.id };
  await bootsAgain();
  await stage.done('detachVolume', id, { volume: 'spare' });
  await expectTidy(stage, [id], images);
});

test('resize and revertResize: it grows, and is again what it was', async () => {
  const own = boot;
  await stage.done('resize', id, { flavor: large });
  await guest.bootAfter(boot);
  await expectTidy(stage, [id], images);
  await stage.done('revertResize', id);
  await expectTidy(stage, [id], images);
  boot = await guest.bootAfter((await guest.boots()).findLast(({ vcpus }) => vcpus === 2) ?? own);
  expect(boot).toMatchObject({ vcpus: 1, boot: own.boot + 1, diskBytes: gib });
});

test('resize and confirmResize: it has more of everything, and what was on its disk', async () => {
  await stage.done('resize', id, { flavor: large });
  await bootsAgain({ vcpus: 2, diskBytes: 2 * gib });
  expect(boot.memoryMb).toBeGreaterThan(80);
  await stage.done('confirmResize', id);
  expect(await kept()).toBe(first);
  await expectTidy(stage, [id], images);
});

test('migrate: it boots on the other host, with its disk', async () => {
  const { residence } = await record();
  await stage.done('migrate', id, { host: residence?.host === 'a' ? 'b' : 'a' });
  await stage.done('confirmResize', id);
  await bootsAgain();
  expect(await kept()).toBe(first);
  await expectTidy(stage, [id], images);
});

test('liveMigrate: it lives on, on the other host', async () => {
  const before = await guest.now();
  await stage.done('liveMigrate', id);
  await guest.livesOn(before);
  expect(await kept()).toBe(first);
  await expectTidy(stage, [id], images);
});

test('shelve and unshelve: no host has anything of it meanwhile, and it comes back with its disk', async () => {
  await stage.done('shelve', id);
  const { vmState, shelved } = await record();
  expect(vmState).toBe('shelved_offloaded');
  await expectTidy(stage, [id], [...images, shelved?.image ?? '']);
  await stage.done('unshelve', id);
  await bootsAgain();
  expect(await kept()).toBe(first);
  await expectTidy(stage, [id], images);
});

test('softDelete and restore: it is off, and boots again', async () => {
  await stage.done('softDelete', id);
  await stage.done('restore', id);
  await bootsAgain();
});

test('rebuild: it is new, from another image', async () => {
  await stage.done('rebuild', id, { image: 'debian-13' });
  boot = await guest.bootAfter(boot);
  expect(boot).toMatchObject({ image: 'debian-13', boot: 1, vcpus: 2, diskBytes: 2 * gib });
  expect(await kept()).toBe('IT-OK get life ');
  await expectTidy(stage, [id], images);
});

test('evacuate: it is made anew elsewhere, and the host removes what it had when it is back', async () => {
  const host = (await record()).residence?.host ?? '';
  const worker = stage.fleet.worker(host);
  await worker.kill();
  await stage.client.fenceHost(host, { force: true, reason: 'power cut' });
  await stage.done('evacuate', id);
  boot = await guest.untilUp(1);
  expect(boot).toMatchObject({ image: 'debian-13', boot: 1 });
  expect((await record()).residence?.host).not.toBe(host);
  await worker.start();
  await expectTidy(stage, [id], images);
});

test('delete: nothing is left but the images that were asked for', async () => {
  await stage.done('delete', id);
  await expectTidy(stage, [id], images);
});
