/** Guests of two real libvirt daemons, as the conformance suite looks at them. */
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { createDriver } from '../../../activities/drivers/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Fleet, Sight } from '../conformance/scene.ts';
import { readConfigDrive } from './config-drive.ts';
import { hostNames, isHost, type Daemons, type HostName } from './daemons.ts';
import { makePlaces, type Places } from './places.ts';

const gib = 1_073_741_824;

const known = (name: string): HostName => {
  if (!isHost(name)) throw new Error(`there is no host ${name}`);
  return name;
};

/** Its own folders on the same daemons. */
export async function libvirtFleet(daemons: Daemons): Promise<Fleet> {
  const places = await makePlaces(daemons);
  const { folder, options, makeVolume, dispose } = places;
  return {
    here: 'a',
    there: 'b',
    letsGoWhilePaused: false,
    makeVolume,
    dispose,
    driver: (host) => createDriver('libvirt', host, options(known(host))),
    look: (host, instanceId) => look({ ...places, boots: daemons.boots, host: known(host), instanceId }),
    async effects(instanceId) {
      const files = hostNames.map((host) => join(folder(host, instanceId), 'effects.ndjson'));
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
      return texts
        .flatMap((text) => text.split('\n').filter((line) => line !== ''))
        .map((line) => JSON.parse(line) as { at: string; key: string })
        .sort((one, other) => (one.at < other.at ? -1 : 1))
        .map(({ key }) => key);
    },
    async hasPassword(host, instanceId, password) {
      const digest = createHash('sha256').update(password).digest('hex');
      const file = join(folder(known(host), instanceId), 'console.log');
      // The guest tells of its password when it has noticed that it was changed.
      return eventually(
        'the guest has told',
        async () => {
          const console = await readFile(file, 'utf8').catch(() => '');
          return [...console.matchAll(/IT-PASSWORD user=root sha256=(\w+)/g)].at(-1)?.[1] === digest;
        },
        5_000,
      ).catch(() => false);
    },
    async configDrive(host, instanceId) {
      const { stdout: xml } = await places.virsh(known(host), 'dumpxml', `instance-${instanceId}`);
      return readConfigDrive(xml, folder(known(host), instanceId));
    },
  };
}

interface Place extends Places {
  readonly boots: Daemons['boots'];
  readonly host: HostName;
  readonly instanceId: string;
}

async function look(place: Place): Promise<Sight> {
  const { store, volumes, host, instanceId, virsh } = place;
  const folder = place.folder(host, instanceId);
  const name = `instance-${instanceId}`;
  const xml = (await virsh(host, 'dumpxml', name)).stdout;
  const ports = await readFile(join(folder, 'ports.json'), 'utf8').catch(() => null);
  const reserved = await reservedFor(volumes, instanceId);
  return {
    powerState: await powerStateOf(place, name),
    bootCount: await bootsOf(place, name),
    disks: await contentsIn(folder, (file) => file.endsWith('.qcow2')),
    port: ports !== null,
    boundPorts: ports === null ? [] : (JSON.parse(ports) as string[]),
    guestPorts: devicesIn(xml, 'interface')
      .flatMap((device) => wordIn(device, /<alias name='ua-(.+?)'/) ?? [])
      .filter((port) => port !== 'first'),
    plugged: pluggedIn(xml, volumes),
    volumes: await contentsIn(volumes, (file) => reserved.some((id) => file === `${id}.qcow2`)),
    interrupts: (await notedIn(folder)).filter((effect) => effect === 'guest interrupted').length,
    images: await contentsIn(store, (file) => /^[0-9a-f-]{36}\.qcow2$/.test(file)),
  };
}

const devicesIn = (xml: string, kind: string): string[] => xml.split(`<${kind} `).slice(1);
const wordIn = (xml: string, pattern: RegExp): string | undefined => pattern.exec(xml)?.[1];

/** Device by volume: what a disk is called may be the name of the volume that it was before. */
const pluggedIn = (xml: string, volumes: string): Sight['plugged'] =>
  Object.fromEntries(
    devicesIn(xml, 'disk').flatMap((disk) => {
      const file = wordIn(disk, /<source file='(.+?)'/) ?? '';
      return dirname(file) === volumes
        ? [[basename(file, '.qcow2'), `/dev/${wordIn(disk, /<target dev='(\w+)'/)}`]]
        : [];
    }),
  );

async function powerStateOf({ virsh, host }: Place, name: string): Promise<Sight['powerState']> {
  const { stdout, exitCode } = await virsh(host, 'domstate', name);
  if (exitCode !== 0) return 'NOSTATE';
  const state = stdout.trim();
  if (state === 'running') return 'RUNNING';
  if (state === 'paused') return 'PAUSED';
  if (state === 'crashed') return 'CRASHED';
  const { stdout: info } = await virsh(host, 'dominfo', name);
  return /Managed save:\s+yes/.test(info) ? 'SUSPENDED' : 'SHUTDOWN';
}

/** Events come a moment after what they tell of. */
async function bootsOf({ boots }: Place, name: string): Promise<number> {
  await delay(150);
  return boots(name);
}

async function contentsIn(folder: string, isMeant: (file: string) => boolean): Promise<Sight['disks']> {
  const files = (await readdir(folder).catch(() => [])).filter(isMeant);
  const entries = files.map(
    async (file) => [file.replace(/\.qcow2$/, ''), await contentOf(join(folder, file))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** What a disk begins with, and how large it is. */
async function contentOf(file: string): Promise<{ contents: string; sizeGb: number }> {
  const { stdout } = await execa('qemu-img', ['info', '-U', '--output=json', file]);
  const { 'virtual-size': size } = JSON.parse(stdout) as { 'virtual-size': number };
  // One that a guest is about to change over to QEMU lets nobody read.
  const [seen, start] = [`${file}.seen`, `${file}.start`];
  await copyFile(file, seen);
  await execa('qemu-img', ['dd', '-f', 'qcow2', '-O', 'raw', 'bs=1k', 'count=64', `if=${seen}`, `of=${start}`]);
  const contents = createHash('md5')
    .update(await readFile(start))
    .digest('hex');
  await Promise.all([seen, start].map((each) => rm(each)));
  return { contents, sizeGb: size / gib };
}

async function reservedFor(volumes: string, instanceId: string): Promise<string[]> {
  const files = (await readdir(volumes)).filter((file) => file.endsWith('.reserved'));
  const holders = await Promise.all(
    files.map(async (file) => [file, await readFile(join(volumes, file), 'utf8')] as const),
  );
  return holders.filter(([, holder]) => holder === instanceId).map(([file]) => file.replace(/\.reserved$/, ''));
}

async function notedIn(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'effects.ndjson'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { effect: string }).effect);
}
