import { operation } from '../model/operation.ts';
import { newHome } from './arrival-steps.ts';
import { isOffloaded, needsShelvedImage } from './shelved.ts';
import { fromImage, removeImage, whereItIs } from './unshelve-steps.ts';
import type { UnshelveInput } from './unshelve.schema.ts';
import { residenceOf } from './where.ts';

/** As Nova does it, the instance is active then, also one that was stopped when it was shelved. */
export const unshelve = operation<UnshelveInput>()({
  name: 'unshelve',
  purpose: 'Brings a shelved instance back and starts it: where it is, or from its image on any host that has room.',
  allowedFrom: ['shelved', 'shelved_offloaded'],
  refusal: ({ input, instance }) =>
    input.host !== undefined && !isOffloaded({ instance })
      ? 'it is on a host still; a host can be chosen for one that has been offloaded'
      : needsShelvedImage({ instance }),
  describe: ({ host }) => (host === undefined ? '' : `on ${host}`),
})
  .stepIf('claim', fromImage.claim)
  .stepIf('network', fromImage.network)
  .stepIf('disk', fromImage.disk)
  .stepIf('define', fromImage.define)
  .stepIf('boot', fromImage.boot)
  .stepIf('start', whereItIs.start)
  .stepIf('resume', whereItIs.resume)
  .step('removeImage', removeImage)
  .commits(['active'], ({ taskId, instance, claim }) => ({
    vmState: 'active',
    powerState: 'RUNNING',
    residence: claim === undefined ? residenceOf(instance) : newHome({ taskId, claim }),
    vmStateBeforeSuspend: null,
    shelved: null,
  }));
