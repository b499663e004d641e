import { isOnFencedHost } from '../model/instance.ts';
import { operation } from '../model/operation.ts';
import { claimedHost, newHome } from './arrival-steps.ts';
import type { EvacuateInput } from './evacuate.schema.ts';
import { arrival, departure } from './evacuation-steps.ts';
import { start } from './power-steps.ts';
import { residenceOf } from './where.ts';

const starting = { taskState: 'rebuild_spawning', event: 'compute_rebuild_instance' } as const;

/** Nova takes a host that does not answer for dead. Here somebody has to say so: it may only be cut off. */
export const evacuate = operation<EvacuateInput>()({
  name: 'evacuate',
  purpose: 'Takes the instance away from a host that was declared fenced: its disk is made anew, its volumes stay.',
  allowedFrom: ['active', 'stopped', 'error'],
  evenWhenLocked: true,
  waitsForNobody: true,
  refusal({ input, instance }) {
    if (!isOnFencedHost(instance)) return 'its host has not been declared fenced';
    if (input.host === residenceOf(instance).host) return `it is on ${input.host} already`;
    return instance.pendingResize === null ? null : 'a resize of it waits to be decided';
  },
  describe: ({ host }) => (host === undefined ? '' : `to ${host}`),
})
  .step('claim', arrival.claim)
  .step('network', arrival.network)
  .step('disk', arrival.disk)
  .step('define', arrival.define)
  .step('leave', departure)
  .stepIf('boot', { ...start(starting, claimedHost), when: ({ instance }) => instance.vmState !== 'stopped' })
  .commits(['active', 'stopped'], (context) => ({
    vmState: context.boot === undefined ? 'stopped' : 'active',
    powerState: context.boot?.powerState ?? 'SHUTDOWN',
    residence: newHome(context),
  }));
