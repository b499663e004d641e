import { operation, type TaskContext } from '../model/operation.ts';
import { claim, claimedHost, define, newDisk, newHome, plug } from './arrival-steps.ts';
import type { CreateInput } from './create.schema.ts';
import { makeDisk, withPassword } from './disk-steps.ts';
import { start } from './power-steps.ts';
import { definitionOn } from './where.ts';

const scheduling = { taskState: 'scheduling', event: 'conductor_schedule_and_build_instances' } as const;
const event = 'compute__do_build_and_run_instance';
const spawning = { taskState: 'spawning', event } as const;

export const create = operation<CreateInput>()({
  name: 'create',
  purpose: 'Makes a new instance: chooses a host, makes its disk from the image and starts it.',
  allowedFrom: ['building'],
  failsTo: 'error',
  describe: ({ flavor, image }) => `${flavor.name} from ${image}`,
})
  .step('claim', {
    ...claim(scheduling, ({ input: { flavor, host } }) => ({ flavor, ...(host !== undefined && { host }) })),
    changes: ({ taskId, claim }) => (claim === undefined ? {} : { residence: newHome({ taskId, claim }) }),
  })
  .step('network', plug({ taskState: 'networking', event }, claimedHost))
  .step(
    'disk',
    makeDisk({ taskState: 'block_device_mapping', event }, claimedHost, (context: TaskContext<CreateInput>) => ({
      disk: newDisk(context),
      image: context.input.image,
      sizeGb: context.input.flavor.diskGb,
      ...withPassword(context.input),
    })),
  )
  .step(
    'define',
    define(spawning, claimedHost, (context: TaskContext<CreateInput>) =>
      definitionOn(newDisk(context), context.instance),
    ),
  )
  .step('boot', start(spawning, claimedHost))
  .commits(['active'], ({ boot: { powerState } }) => ({ vmState: 'active', powerState }));
