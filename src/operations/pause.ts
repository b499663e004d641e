import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { pauseGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

export const pause = operation<NoInput>()({
  name: 'pause',
  purpose: 'Freezes a running instance in memory.',
  allowedFrom: ['active'],
  refusal: needsHost,
})
  .step('freeze', {
    taskState: 'pausing',
    event: 'compute_pause_instance',
    deadline: '2m',
    unit: pauseGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['paused'], ({ freeze }) => ({ vmState: 'paused', powerState: freeze.powerState }));
