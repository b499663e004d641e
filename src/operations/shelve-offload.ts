import { operation } from '../model/operation.ts';
import { portsOf } from './interface-steps.ts';
import type { NoInput } from './no-input.schema.ts';
import { home, removalFrom } from './removal-steps.ts';
import { needsShelvedImage } from './shelved.ts';
import { plugNetwork, unplugNetwork } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

const shown = { taskState: 'shelving_offloading', event: 'compute_shelve_offload_instance' } as const;
const { destroy, removeDisk, release } = removalFrom(home);

export const shelveOffload = operation<NoInput>()({
  name: 'shelveOffload',
  purpose: 'Takes a shelved instance from its host, whose room is free for others then; its image stays.',
  allowedFrom: ['shelved'],
  refusal: ({ instance }) => needsShelvedImage({ instance }) ?? needsHost({ instance }),
})
  .step('unplug', {
    ...shown,
    deadline: '2m',
    unit: unplugNetwork,
    on: hostOf,
    with: () => ({}),
    undo: { unit: plugNetwork, on: hostOf, with: portsOf },
    owedWhen: 'unreachable',
  })
  .stepIf('destroy', {
    ...destroy,
    ...shown,
    pointOfNoReturn: true,
    irreversible: 'the guest is gone, with what a suspended one had in memory; unshelve starts it from the image',
    owedWhen: 'failed',
  })
  .stepIf('removeDisk', { ...removeDisk, ...shown, owedWhen: 'failed' })
  .stepIf('release', { ...release, ...shown })
  .commits(['shelved_offloaded'], () => ({
    vmState: 'shelved_offloaded',
    powerState: 'NOSTATE',
    residence: null,
    vmStateBeforeSuspend: null,
  }));
