import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { unpauseGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

export const unpause = operation<NoInput>()({
  name: 'unpause',
  purpose: 'Lets a paused instance run on.',
  allowedFrom: ['paused'],
  refusal: needsHost,
})
  .step('thaw', {
    taskState: 'unpausing',
    event: 'compute_unpause_instance',
    deadline: '2m',
    unit: unpauseGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['active'], ({ thaw }) => ({ vmState: 'active', powerState: thaw.powerState }));
