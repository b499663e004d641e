import type { InstanceRecord, PendingResize } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { leftover, removalFrom } from './removal-steps.ts';
import { hostOf, needsHost } from './where.ts';

// Nova shows no task_state while it confirms.
const shown = { taskState: null, event: 'compute_confirm_resize' } as const;
const forGood = { ...shown, pointOfNoReturn: true, owedWhen: 'failed' } as const;
const old = removalFrom(leftover);

/** What the resize left to be decided. Throws when there is none: the declaration refuses such instances. */
export function pendingResizeOf(instance: InstanceRecord): PendingResize {
  if (instance.pendingResize === null) throw new Error(`instance ${instance.id} has no pending resize`);
  return instance.pendingResize;
}

/** Refusal of confirm and revert for an instance that is resized without knowing from what. */
export const needsPendingResize = ({ instance }: { readonly instance: InstanceRecord }): string | null =>
  instance.pendingResize === null ? 'there is no resize to decide on' : needsHost({ instance });

/** Whether the resize went to another host. */
export const moved = ({ instance }: { readonly instance: InstanceRecord }): boolean =>
  pendingResizeOf(instance).from.host !== hostOf({ instance });

export const confirmResize = operation<NoInput>()({
  name: 'confirmResize',
  purpose: 'Keeps the new size: what the instance left on its old host is removed.',
  allowedFrom: ['resized'],
  refusal: needsPendingResize,
})
  .stepIf('destroyOld', {
    ...old.destroy,
    ...forGood,
    when: moved,
    irreversible: 'the guest on the old host is gone: revertResize is no longer possible',
  })
  .stepIf('removeOldDisk', {
    ...old.removeDisk,
    ...forGood,
    irreversible: 'the old disk is gone: revertResize is no longer possible',
  })
  .stepIf('releaseOld', { ...old.release, ...shown })
  .commits(['active', 'stopped'], ({ instance }) => ({
    vmState: pendingResizeOf(instance).vmState === 'stopped' ? 'stopped' : 'active',
    pendingResize: null,
  }));
