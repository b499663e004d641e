import { operation, type TaskContext } from '../model/operation.ts';
import type { DetachVolumeInput } from './detach-volume.schema.ts';
import { hasGuest, needsVolume, plugInto, release, volumesOf } from './volume-steps.ts';
import { hostOf } from './where.ts';

const shown = { taskState: null, event: 'compute_detach_volume' } as const;

const withoutIt = (context: TaskContext<DetachVolumeInput>) =>
  volumesOf(context).filter(({ volume }) => volume !== context.input.volume);

/** A guest that does not let go of the volume keeps it, as with Nova. */
export const detachVolume = operation<DetachVolumeInput>()({
  name: 'detachVolume',
  purpose: 'Takes a volume from the instance; what is on it stays, and another instance may have it.',
  allowedFrom: ['active', 'paused', 'stopped', 'resized', 'soft-delete', 'shelved', 'shelved_offloaded'],
  refusal: ({ input, instance }) => needsVolume(input.volume, { instance }),
  describe: ({ volume }) => volume,
})
  .stepIf('unplug', { ...plugInto(shown, hostOf, withoutIt, volumesOf), when: hasGuest })
  .step(
    'release',
    release(shown, ({ input }: TaskContext<DetachVolumeInput>) => [input.volume]),
  )
  .keepsState((context) => ({ volumes: withoutIt(context) }));
