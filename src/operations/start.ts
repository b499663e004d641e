import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { startGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

export const start = operation<NoInput>()({
  name: 'start',
  purpose: 'Switches a stopped instance on.',
  allowedFrom: ['stopped'],
  refusal: needsHost,
})
  .step('powerOn', {
    taskState: 'powering-on',
    event: 'compute_start_instance',
    deadline: '5m',
    unit: startGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['active'], ({ powerOn }) => ({ vmState: 'active', powerState: powerOn.powerState }));
