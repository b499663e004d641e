/** Steps that take away what an instance that lives elsewhere by now has left behind: what fails is owed by the host. */
import type { Residence } from '../model/instance.ts';
import type { Shown } from './power-steps.ts';
import { destroyGuest, releaseClaim, removeDisk, unplugNetwork } from './units/index.ts';
import type { OfInstance } from './where.ts';

const nothing = () => ({});

/** The steps for one place. They belong behind the point of no return. */
export const leaving = (shown: Shown, place: (of: OfInstance) => Residence) => {
  const onHost = { ...shown, on: (of: OfInstance) => place(of).host, owedWhen: 'failed' } as const;
  return {
    destroy: { ...onHost, deadline: '5m', unit: destroyGuest, with: nothing },
    unplug: { ...onHost, deadline: '2m', unit: unplugNetwork, with: nothing },
    removeDisk: { ...onHost, deadline: '10m', unit: removeDisk, with: (of: OfInstance) => ({ disk: place(of).disk }) },
    release: {
      ...shown,
      deadline: '1m',
      unit: releaseClaim,
      with: (of: OfInstance) => ({ claim: place(of).claim, host: place(of).host }),
    },
  } as const;
};
