/** Steps that take away what an instance has on one host; a host that does not answer owes them. */
import type { InstanceRecord, Residence } from '../model/instance.ts';
import { hostForStores, shelvedOf } from './shelved.ts';
import { destroyGuest, releaseClaim, releaseVolumes, removeDisk, removeImages, unplugNetwork } from './units/index.ts';
import { hasVolumes, volumesOf } from './volume-steps.ts';
import type { OfInstance } from './where.ts';

/** A host where an instance may have something; null when it has nothing there. */
export type Site = (instance: InstanceRecord) => Residence | null;

/** Where it lives. */
export const home: Site = ({ residence }) => residence;

/** What a resize left, until it is confirmed or reverted. */
export const leftover: Site = ({ pendingResize }) => pendingResize?.from ?? null;

/** Whether the leftover is on another host than the instance: then it has a guest and a port of its own. */
export const leftElsewhere = ({ instance }: OfInstance): boolean =>
  instance.pendingResize !== null && instance.pendingResize.from.host !== instance.residence?.host;

const shown = { taskState: 'deleting', event: 'compute_terminate_instance' } as const;
const nothing = () => ({});

/** The steps for one of them. Each is left out where there is nothing, unless it is given another condition. */
export const removalFrom = (site: Site) => {
  const at = ({ instance }: OfInstance): Residence => {
    const residence = site(instance);
    if (residence === null) throw new Error(`instance ${instance.id} has nothing there`);
    return residence;
  };
  const step = {
    ...shown,
    when: ({ instance }: OfInstance) => site(instance) !== null,
    on: (context: OfInstance) => at(context).host,
    owedWhen: 'unreachable',
  } as const;
  const { on: _on, owedWhen: _owedWhen, ...controlStep } = step;
  return {
    destroy: { ...step, deadline: '5m', unit: destroyGuest, with: nothing },
    unplug: { ...step, deadline: '2m', unit: unplugNetwork, with: nothing },
    removeDisk: { ...step, deadline: '10m', unit: removeDisk, with: (of: OfInstance) => ({ disk: at(of).disk }) },
    removeRescueDisk: {
      ...step,
      when: ({ instance }: OfInstance) => site(instance)?.rescueDisk !== undefined,
      deadline: '10m',
      unit: removeDisk,
      with: (of: OfInstance) => ({ disk: at(of).rescueDisk ?? '' }),
    },
    release: {
      ...controlStep,
      deadline: '1m',
      unit: releaseClaim,
      with: (of: OfInstance) => ({ claim: at(of).claim, host: at(of).host }),
    },
  } as const;
};

/** What a shelved instance would have come back from. Images that were asked for as such stay. */
export const removeShelvedImage = {
  ...shown,
  when: ({ instance }: OfInstance) => Boolean(instance.shelved),
  deadline: '10m',
  unit: removeImages,
  on: hostForStores,
  with: ({ instance }: OfInstance) => ({ images: [shelvedOf(instance).image] }),
  owedWhen: 'unreachable',
} as const;

/** The volumes stay, for other instances: no host has them connected any more. */
export const releaseAllVolumes = {
  ...shown,
  when: hasVolumes,
  deadline: '2m',
  unit: releaseVolumes,
  on: hostForStores,
  with: (context: OfInstance) => ({ volumes: volumesOf(context).map(({ volume }) => volume) }),
  owedWhen: 'unreachable',
} as const;
