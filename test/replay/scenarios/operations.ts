/** Each operation, carried out. */
import {
  attachedVolume,
  evacuated,
  instanceOn,
  ofTask,
  resizing,
  stuckResize,
  volumeOf,
  type Scenario,
} from './beginnings.ts';

export const ofOperations = {
  create: async (fleet) => {
    const [task] = await fleet.client.tasks(await instanceOn(fleet));
    if (task === undefined) throw new Error('the instance has no task');
    return ofTask(task);
  },
  delete: async (fleet) => ofTask(await fleet.run('delete', await instanceOn(fleet), {})),
  'delete of a resized instance': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('delete', id, {}));
  },
  forceDelete: async (fleet) => ofTask(await fleet.run('forceDelete', await instanceOn(fleet), {})),
  softDelete: async (fleet) => ofTask(await fleet.run('softDelete', await instanceOn(fleet), {})),
  restore: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('softDelete', id, {});
    return ofTask(await fleet.run('restore', id, {}));
  },
  stop: async (fleet) => ofTask(await fleet.run('stop', await instanceOn(fleet), {})),
  start: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('stop', id, {});
    return ofTask(await fleet.run('start', id, {}));
  },
  reboot: async (fleet) => ofTask(await fleet.run('reboot', await instanceOn(fleet), { type: 'SOFT' })),
  'reboot HARD': async (fleet) => ofTask(await fleet.run('reboot', await instanceOn(fleet), { type: 'HARD' })),
  pause: async (fleet) => ofTask(await fleet.run('pause', await instanceOn(fleet), {})),
  unpause: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('pause', id, {});
    return ofTask(await fleet.run('unpause', id, {}));
  },
  suspend: async (fleet) => ofTask(await fleet.run('suspend', await instanceOn(fleet), {})),
  resume: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('suspend', id, {});
    return ofTask(await fleet.run('resume', id, {}));
  },
  resize: async (fleet) => ofTask(await fleet.run('resize', await instanceOn(fleet), resizing)),
  'resize in place': async (fleet) =>
    ofTask(await fleet.run('resize', await instanceOn(fleet), { flavor: 'm1.medium', host: 'host-1' })),
  migrate: async (fleet) => ofTask(await fleet.run('migrate', await instanceOn(fleet), {})),
  liveMigrate: async (fleet) => ofTask(await fleet.run('liveMigrate', await instanceOn(fleet), {})),
  rebuild: async (fleet) => ofTask(await fleet.run('rebuild', await instanceOn(fleet), { image: 'debian-13' })),
  rescue: async (fleet) => ofTask(await fleet.run('rescue', await instanceOn(fleet), {})),
  unrescue: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('rescue', id, {});
    return ofTask(await fleet.run('unrescue', id, {}));
  },
  createImage: async (fleet) => ofTask(await fleet.run('createImage', await instanceOn(fleet), { name: 'golden' })),
  createBackup: async (fleet) => {
    const id = await instanceOn(fleet);
    const backUp = (name: string) => fleet.run('createBackup', id, { name, backupType: 'daily', rotation: 1 });
    await backUp('first');
    return ofTask(await backUp('second'));
  },
  shelve: async (fleet) => ofTask(await fleet.run('shelve', await instanceOn(fleet), {})),
  shelveOffload: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, { offloadAfterSeconds: null });
    return ofTask(await fleet.run('shelveOffload', id, {}));
  },
  unshelve: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, {});
    return ofTask(await fleet.run('unshelve', id, {}));
  },
  'unshelve of an instance on its host': async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('shelve', id, { offloadAfterSeconds: null });
    return ofTask(await fleet.run('unshelve', id, {}));
  },
  confirmResize: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('confirmResize', id, {}));
  },
  revertResize: async (fleet) => {
    const id = await instanceOn(fleet);
    await fleet.run('resize', id, resizing);
    return ofTask(await fleet.run('revertResize', id, {}));
  },
  recover: async (fleet) => {
    const { instanceId } = await stuckResize(fleet);
    return ofTask(await fleet.ended(await fleet.client.recover(instanceId, { decision: 'skip' })));
  },
  evacuate: async (fleet) => ofTask(await evacuated(fleet)),
  syncPowerState: async (fleet) => ofTask(await fleet.run('syncPowerState', await instanceOn(fleet), {})),
  attachVolume: async (fleet) => ofTask(await attachedVolume(fleet)),
  detachVolume: async (fleet) => {
    const { instanceId } = await attachedVolume(fleet);
    return ofTask(await fleet.run('detachVolume', instanceId, { volume: volumeOf(instanceId) }));
  },
  swapVolume: async (fleet) => {
    const { instanceId } = await attachedVolume(fleet);
    const toVolume = `larger-${instanceId}`;
    await fleet.hypervisors.makeVolume(toVolume, 20);
    return ofTask(await fleet.run('swapVolume', instanceId, { volume: volumeOf(instanceId), toVolume }));
  },
  attachInterface: async (fleet) =>
    ofTask(await fleet.run('attachInterface', await instanceOn(fleet), { network: 'private' })),
  detachInterface: async (fleet) => {
    const id = await instanceOn(fleet);
    const port = 'c0a80a07-0000-4000-8000-000000000001';
    await fleet.run('attachInterface', id, { network: 'private', port });
    return ofTask(await fleet.run('detachInterface', id, { port }));
  },
  changePassword: async (fleet) =>
    ofTask(await fleet.run('changePassword', await instanceOn(fleet), { adminPass: 'correct horse' })),
  triggerCrashDump: async (fleet) => ofTask(await fleet.run('triggerCrashDump', await instanceOn(fleet), {})),
} satisfies Record<string, Scenario>;
