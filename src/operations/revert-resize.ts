import { operation } from '../model/operation.ts';
import { plug } from './arrival-steps.ts';
import { moved, needsPendingResize, pendingResizeOf } from './confirm-resize.ts';
import type { NoInput } from './no-input.schema.ts';
import { boot, mayStillRun, powerOff, redefine, shutDown } from './power-steps.ts';
import { home, removalFrom } from './removal-steps.ts';
import { hasVolumes, reconnectTo } from './volume-steps.ts';
import { definitionOf, definitionOn, type OfInstance } from './where.ts';

const taskState = 'resize_reverting';
const leaving = { taskState, event: 'compute_revert_resize' } as const;
const forGood = { ...leaving, owedWhen: 'failed' } as const;
const arriving = { taskState, event: 'compute_finish_revert_resize' } as const;
const resized = removalFrom(home);

const oldHost = ({ instance }: OfInstance) => pendingResizeOf(instance).from.host;
const stayed = (context: OfInstance) => !moved(context);
const runs = ({ instance }: OfInstance) => instance.powerState === 'RUNNING';
const ranBefore = ({ instance }: OfInstance) => pendingResizeOf(instance).vmState === 'active';
const oldDefinition = ({ instance }: OfInstance) => {
  const { from, flavor } = pendingResizeOf(instance);
  return definitionOn(from.disk, { ...instance, pendingResize: null }, flavor);
};

export const revertResize = operation<NoInput>()({
  name: 'revertResize',
  purpose: 'Gives the instance its old size and host back; what it wrote since the resize is lost.',
  allowedFrom: ['resized'],
  refusal: needsPendingResize,
})
  .stepIf('shutDown', { ...shutDown(leaving), when: runs })
  .stepIf('powerOff', { ...powerOff(leaving), when: mayStillRun })
  .stepIf('plug', { ...plug(arriving, oldHost), when: moved })
  .stepIf('connect', { ...reconnectTo(arriving, oldHost), when: (context) => moved(context) && hasVolumes(context) })
  .stepIf('redefine', { ...redefine(arriving, oldDefinition, ({ instance }) => definitionOf(instance)), when: stayed })
  .stepIf('boot', { ...boot(arriving, oldHost), when: ranBefore })
  .stepIf('destroyNew', {
    ...resized.destroy,
    ...forGood,
    when: moved,
    pointOfNoReturn: true,
    irreversible: 'the resized guest is gone',
  })
  .stepIf('unplugNew', { ...resized.unplug, ...forGood, when: moved })
  .stepIf('removeNewDisk', {
    ...resized.removeDisk,
    ...forGood,
    pointOfNoReturn: true,
    irreversible: 'the disk of the new size is gone',
  })
  .stepIf('releaseNew', { ...resized.release, ...leaving })
  .commits(['active', 'stopped'], ({ instance, boot }) => ({
    vmState: pendingResizeOf(instance).vmState === 'stopped' ? 'stopped' : 'active',
    powerState: boot?.powerState ?? 'SHUTDOWN',
    flavor: pendingResizeOf(instance).flavor,
    residence: pendingResizeOf(instance).from,
    pendingResize: null,
  }));
