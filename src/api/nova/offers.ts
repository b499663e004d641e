/** What requests refer to by id: flavors and images, those of the catalogue and those made of servers. */
import type { Caller } from '../../authentication/caller.ts';
import type { Catalogue } from '../../client/input.ts';
import { findByNameOrId, misfit, type CatalogueFlavor } from '../../model/catalogue.ts';
import type { Flavor } from '../../model/instance.ts';
import { BadRequest } from '../http-error.ts';
import { findSnapshot } from '../image/snapshots.ts';
import type { Reach } from '../reach.ts';

/** Throws {@link BadRequest}. */
export function findFlavor({ flavors }: Catalogue, ref: string): CatalogueFlavor {
  const flavor = flavors.find(({ id }) => id === ref);
  if (flavor === undefined) throw new BadRequest(`Flavor ${ref} could not be found.`);
  return flavor;
}

export interface FoundImage {
  /** What operations know it by. */
  readonly reference: string;
  /** Throws {@link BadRequest} for a flavor that the image does not fit. */
  readonly expectFit: (flavor: Flavor) => void;
}

/** Null where the caller knows of no such image. Throws {@link BadRequest} for one that nothing can be made from yet. */
export async function findImage(reach: Reach, caller: Caller, ref: string): Promise<FoundImage | null> {
  const offered = findByNameOrId(reach.client.catalogue.images, ref);
  if (offered === undefined) return findMade(reach, caller, ref);
  if (offered.status !== 'active') throw new BadRequest(`Image ${ref} is not active.`);
  return {
    reference: offered.name,
    expectFit: (flavor) => {
      const lack = misfit(offered, flavor);
      if (lack === 'memory') throw new BadRequest("Flavor's memory is too small for requested image.");
      if (lack === 'disk') {
        throw new BadRequest("Flavor's disk is smaller than the minimum size specified in image metadata.");
      }
    },
  };
}

async function findMade(reach: Reach, caller: Caller, ref: string): Promise<FoundImage | null> {
  const task = await findSnapshot(reach, caller, ref);
  if (task === null) return null;
  if (task.status !== 'COMPLETED') throw new BadRequest(`Image ${ref} is not active.`);
  return { reference: task.id, expectFit: () => undefined };
}
