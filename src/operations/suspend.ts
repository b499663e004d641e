import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { suspendGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

export const suspend = operation<NoInput>()({
  name: 'suspend',
  purpose: 'Writes the memory of a running instance to disk and switches it off.',
  allowedFrom: ['active'],
  refusal: needsHost,
})
  .step('save', {
    taskState: 'suspending',
    event: 'compute_suspend_instance',
    deadline: '15m',
    unit: suspendGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['suspended'], ({ save, instance }) => ({
    vmState: 'suspended',
    powerState: save.powerState,
    vmStateBeforeSuspend: instance.vmState,
  }));
