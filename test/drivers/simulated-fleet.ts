/** Simulated hypervisors in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDriver } from '../../activities/drivers/index.ts';
import {
  readImageEffects,
  readImages,
  readInstances,
  readJournal,
} from '../../activities/drivers/simulated/reading.ts';
import { passwordDigest } from '../../activities/drivers/simulated/guest-agent.ts';
import { createVolume, readVolumeEffects, readVolumes } from '../../activities/drivers/simulated/volume-store.ts';
import { effectKey, type UnitPurpose } from '../../src/model/unit.ts';
import type { Fleet, Sight } from './conformance/scene.ts';

export interface SimulatedFleet extends Fleet {
  readonly root: string;
}

/** A new fleet whose units take as long as `latency` says. */
export const simulatedFleet = async (latency: object = {}): Promise<SimulatedFleet> =>
  simulatedFleetAt(await mkdtemp(join(tmpdir(), 'simulated-')), latency);

/** The fleet that is kept in this folder. */
export function simulatedFleetAt(root: string, latency: object): SimulatedFleet {
  return {
    root,
    here: 'alpha',
    there: 'beta',
    letsGoWhilePaused: true,
    driver: (host) => createDriver('simulated', host, { root, latency }),
    look: (host, instanceId) => look(root, host, instanceId),
    effects: async (instanceId) => {
      const effects = [
        ...(await readJournal(root, undefined, instanceId)),
        ...(await readImageEffects(root, instanceId)),
        ...(await readVolumeEffects(root, instanceId)),
      ];
      return effects.filter(({ effect }) => !isOnTheWay.test(effect)).map(({ key }) => key);
    },
    async makeVolume(id, sizeGb) {
      await createVolume(root, id, sizeGb);
    },
    async hasPassword(host, instanceId, password) {
      const { guest = null, disks = {} } = (await find(root, host, instanceId)) ?? {};
      return guest !== null && disks[guest.disk]?.passwordDigest === passwordDigest(password);
    },
    configDrive: async (host, instanceId) => (await find(root, host, instanceId))?.guest?.configDrive?.digests ?? null,
    dispose: () => rm(root, { recursive: true, force: true }),
  };
}

/** What makes nothing true yet, or is the other half of what does. */
const isOnTheWay = / begun$|^guest (expected|held|gone)$/;

const find = async (root: string, host: string, instanceId: string) =>
  (await readInstances(root, host)).find((instance) => instance.instanceId === instanceId);

async function look(root: string, host: string, instanceId: string): Promise<Sight> {
  const found = await find(root, host, instanceId);
  const whole = Object.entries(found?.disks ?? {}).filter(([, disk]) => disk.whole);
  const images = (await readImages(root)).filter((image) => image.whole && image.instanceId === instanceId);
  const volumes = (await readVolumes(root)).filter((volume) => volume.whole && volume.instanceId === instanceId);
  return {
    powerState: found?.guest?.powerState ?? 'NOSTATE',
    bootCount: found?.guest?.bootCount ?? 0,
    disks: Object.fromEntries(whole.map(([name, { contents, sizeGb }]) => [name, { contents, sizeGb }])),
    port: found?.port ?? false,
    boundPorts: (found?.interfaces ?? []).map(({ port }) => port),
    guestPorts: (found?.guest?.interfaces ?? []).map(({ port }) => port),
    plugged: Object.fromEntries((found?.guest?.volumes ?? []).map(({ volume, device }) => [volume, device])),
    volumes: Object.fromEntries(volumes.map(({ id, contents, sizeGb }) => [id, { contents, sizeGb }])),
    interrupts: found?.guest?.interrupts.length ?? 0,
    images: Object.fromEntries(images.map(({ id, contents, sizeGb }) => [id, { contents, sizeGb }])),
  };
}

/** The words of the effects that a unit had. */
export const effectsOf = async (root: string, purpose: UnitPurpose): Promise<string[]> =>
  (await readJournal(root)).filter(({ key }) => key === effectKey(purpose)).map(({ effect }) => effect);
