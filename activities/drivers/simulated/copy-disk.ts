import type { copyDisk } from '../../../src/operations/units/index.ts';
import type { InputOf } from '../../../src/model/unit.ts';
import type { UnitContext } from '../driver.ts';
import { placeDisk, wholeDisk } from './disks.ts';
import { unchanged } from './behaviour.ts';
import { perform, type Hypervisor } from './perform.ts';
import { nothingThere } from './state.ts';

/**
 * Copies a disk to another host, or to another name on the same one. The journal that it writes is the destination's:
 * there is what an undo removes and what a stale attempt must not touch. The source is only read.
 */
export const copying =
  (hypervisor: Hypervisor) =>
  async (input: InputOf<typeof copyDisk>, context: UnitContext): Promise<unknown> => {
    const { instanceId } = context.purpose;
    const destination = hypervisor.journal(instanceId, input.toHost);
    const execution = await perform(hypervisor, 'copyDisk', context, destination);
    if ((await execution.begin()).done) return {};

    const copy = async () => {
      const source = await hypervisor.journal(instanceId).newest();
      return { ...wholeDisk(source?.entry.state ?? nothingThere, input.disk), sizeGb: input.sizeGb };
    };
    await execution.partly(async (state) => {
      const unfinished = { ...(await copy()), whole: false };
      const begun = state.disks[input.toDisk] !== undefined;
      return begun ? unchanged(state) : placeDisk(state, input.toDisk, unfinished, 'disk copy begun');
    });
    await execution.conclude(async (state) => placeDisk(state, input.toDisk, await copy(), 'disk copied'));
    return {};
  };
