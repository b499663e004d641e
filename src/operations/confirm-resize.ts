import type { InstanceRecord, PendingResize } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { destroyGuest, releaseClaim, removeDisk } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

const event = 'compute_confirm_resize';

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
    when: moved,
    // Nova shows no task_state while it confirms.
    taskState: null,
    event,
    deadline: '5m',
    unit: destroyGuest,
    on: ({ instance }) => pendingResizeOf(instance).from.host,
    with: () => ({}),
    pointOfNoReturn: true,
    irreversible: 'the guest on the old host is gone: revertResize is no longer possible',
    owedWhen: 'failed',
  })
  .step('removeOldDisk', {
    taskState: null,
    event,
    deadline: '10m',
    unit: removeDisk,
    on: ({ instance }) => pendingResizeOf(instance).from.host,
    with: ({ instance }) => ({ disk: pendingResizeOf(instance).from.disk }),
    pointOfNoReturn: true,
    irreversible: 'the old disk is gone: revertResize is no longer possible',
    owedWhen: 'failed',
  })
  .step('releaseOld', {
    taskState: null,
    event,
    deadline: '1m',
    unit: releaseClaim,
    with: ({ instance }) => ({
      claim: pendingResizeOf(instance).from.claim,
      host: pendingResizeOf(instance).from.host,
    }),
  })
  .commits(['active', 'stopped'], ({ instance }) => ({
    vmState: pendingResizeOf(instance).vmState === 'stopped' ? 'stopped' : 'active',
    pendingResize: null,
  }));
