import { operation } from '../model/operation.ts';
import type { StopInput } from './stop.schema.ts';
import { powerOffGuest, shutDownGuest } from './units/index.ts';
import { hostOf, needsOwnSystem } from './where.ts';

const event = 'compute_stop_instance';

export const stop = operation<StopInput>()({
  name: 'stop',
  purpose: 'Asks the guest to shut down, and switches it off when it does not in time.',
  allowedFrom: ['active', 'error'],
  refusal: needsOwnSystem,
  describe: ({ shutdownTimeoutSeconds }) => (shutdownTimeoutSeconds === 0 ? 'at once' : ''),
})
  .stepIf('shutDown', {
    when: ({ input }) => input.shutdownTimeoutSeconds > 0,
    taskState: 'powering-off',
    event,
    deadline: '70m',
    unit: shutDownGuest,
    on: hostOf,
    with: ({ input }) => ({ timeoutSeconds: input.shutdownTimeoutSeconds }),
  })
  .stepIf('powerOff', {
    when: ({ shutDown }) => shutDown?.off !== true,
    taskState: 'powering-off',
    event,
    deadline: '5m',
    unit: powerOffGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['stopped'], () => ({ vmState: 'stopped', powerState: 'SHUTDOWN' }));
