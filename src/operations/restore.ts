import type { InstanceRecord } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { boot } from './power-steps.ts';
import { softDelete } from './soft-delete.ts';
import { hostOf } from './where.ts';

const shown = { taskState: 'restoring', event: 'compute_restore_instance' } as const;

/** What it was; the memory of a paused guest is gone, and it runs. A record that lost its memory says that it is off. */
function before({ softDeletion = null }: InstanceRecord) {
  const { vmState, ran } = softDeletion ?? { vmState: 'stopped', ran: false };
  return { vmState: vmState === 'paused' ? 'active' : vmState, ran };
}

export const restore = operation<NoInput>()({
  name: 'restore',
  purpose: 'Brings a softly deleted instance back to what it was, and starts it where it ran.',
  allowedFrom: ['soft-delete'],
  leadsBack: true,
})
  .stepIf('boot', { ...boot(shown, hostOf), when: ({ instance }) => before(instance).ran })
  .commits(
    softDelete.allowedFrom.filter((state) => state !== 'paused'),
    ({ instance, boot: booted }) => ({
      vmState: before(instance).vmState,
      powerState: booted?.powerState ?? instance.powerState,
      softDeletion: null,
    }),
  );
