import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { start as powerOn } from './power-steps.ts';
import { hostOf, needsHost } from './where.ts';

export const start = operation<NoInput>()({
  name: 'start',
  purpose: 'Switches a stopped instance on.',
  allowedFrom: ['stopped'],
  refusal: needsHost,
})
  .step('powerOn', powerOn({ taskState: 'powering-on', event: 'compute_start_instance' }, hostOf))
  .commits(['active'], ({ powerOn }) => ({ vmState: 'active', powerState: powerOn.powerState }));
