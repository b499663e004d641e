import { operation } from '../model/operation.ts';
import { claimId } from '../model/task.ts';
import type { CreateInput } from './create.schema.ts';
import {
  claimHost,
  createDisk,
  defineGuest,
  destroyGuest,
  plugNetwork,
  releaseClaim,
  removeDisk,
  startGuest,
  unplugNetwork,
} from './units/index.ts';

const event = 'compute__do_build_and_run_instance';

export const create = operation<CreateInput>()({
  name: 'create',
  purpose: 'Makes a new instance: chooses a host, makes its disk from the image and starts it.',
  allowedFrom: ['building'],
  failsTo: 'error',
  describe: ({ flavor, image }) => `${flavor.name} from ${image}`,
})
  .step('claim', {
    taskState: 'scheduling',
    event: 'conductor_schedule_and_build_instances',
    deadline: '1m',
    unit: claimHost,
    with: ({ input, taskId }) => ({
      claim: claimId(taskId, 'claim'),
      flavor: input.flavor,
      ...(input.host === undefined ? {} : { host: input.host }),
    }),
    undo: {
      unit: releaseClaim,
      with: ({ taskId, claim }) => ({ claim: claimId(taskId, 'claim'), host: claim?.host ?? null }),
    },
    changes: ({ taskId, claim }) =>
      claim === undefined
        ? {}
        : { residence: { host: claim.host, claim: claimId(taskId, 'claim'), disk: `${taskId}-disk` } },
  })
  .step('network', {
    taskState: 'networking',
    event,
    deadline: '2m',
    unit: plugNetwork,
    on: ({ claim }) => claim.host,
    with: () => ({}),
    undo: { unit: unplugNetwork, on: ({ claim }) => claim.host, with: () => ({}) },
  })
  .step('disk', {
    taskState: 'block_device_mapping',
    event,
    deadline: '30m',
    unit: createDisk,
    on: ({ claim }) => claim.host,
    with: ({ input, taskId }) => ({ disk: `${taskId}-disk`, image: input.image, sizeGb: input.flavor.diskGb }),
    undo: { unit: removeDisk, on: ({ claim }) => claim.host, with: ({ taskId }) => ({ disk: `${taskId}-disk` }) },
  })
  .step('define', {
    taskState: 'spawning',
    event,
    deadline: '2m',
    unit: defineGuest,
    on: ({ claim }) => claim.host,
    with: ({ input, taskId }) => ({ name: input.name, flavor: input.flavor, disk: `${taskId}-disk` }),
    undo: { unit: destroyGuest, on: ({ claim }) => claim.host, with: () => ({}) },
  })
  .step('boot', {
    taskState: 'spawning',
    event,
    deadline: '5m',
    unit: startGuest,
    on: ({ claim }) => claim.host,
    with: () => ({}),
  })
  .commits(['active'], ({ boot }) => ({ vmState: 'active', powerState: boot.powerState }));
