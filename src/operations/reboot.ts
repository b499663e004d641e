import { operation } from '../model/operation.ts';
import type { RebootInput } from './reboot.schema.ts';
import { hardRebootGuest, softRebootGuest } from './units/index.ts';
import { definitionOf, hostOf, needsOwnSystem } from './where.ts';

const event = 'compute_reboot_instance';

export const reboot = operation<RebootInput>()({
  name: 'reboot',
  purpose: 'Restarts the guest: SOFT asks it first and falls back to HARD, HARD switches it off and on.',
  allowedFrom: ['active', 'stopped', 'paused', 'suspended', 'error'],
  refusal: ({ input, instance }) =>
    input.type === 'SOFT' && instance.vmState !== 'active'
      ? `a SOFT reboot starts from active only, and the instance is ${instance.vmState}; a HARD one would do`
      : needsOwnSystem({ instance }),
  describe: ({ type }) => type,
})
  .stepIf('softReboot', {
    when: ({ input }) => input.type === 'SOFT',
    taskState: 'rebooting',
    event,
    deadline: '70m',
    unit: softRebootGuest,
    on: hostOf,
    with: ({ input }) => ({ timeoutSeconds: input.softTimeoutSeconds }),
  })
  .stepIf('hardReboot', {
    when: ({ softReboot }) => softReboot?.rebooted !== true,
    taskState: 'rebooting_hard',
    event,
    deadline: '5m',
    unit: hardRebootGuest,
    on: hostOf,
    with: ({ instance }) => definitionOf(instance),
  })
  .commits(['active'], () => ({ vmState: 'active', powerState: 'RUNNING', vmStateBeforeSuspend: null }));
