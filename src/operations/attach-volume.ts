import { nextDevice, type VolumeAttachment } from '../model/attachments.ts';
import type { InstanceRecord } from '../model/instance.ts';
import { operation, type TaskContext } from '../model/operation.ts';
import type { AttachVolumeInput } from './attach-volume.schema.ts';
import { hasGuest, plugInto, reserve, volumesOf } from './volume-steps.ts';
import { hostOf } from './where.ts';

const shown = { taskState: null, event: 'compute_attach_volume' } as const;

type Start = Pick<TaskContext<AttachVolumeInput>, 'input' | 'instance'>;

/** The volume as it will be attached. Throws when no device is free: the declaration refuses such instances. */
function attachment({ input: { volume, device }, instance }: Start): VolumeAttachment {
  const free = device ?? nextDevice(instance);
  if (free === null) throw new Error(`instance ${instance.id} has no free device`);
  return { volume, device: free };
}

function refusal({ input: { volume, device }, instance }: Start): string | null {
  const attached = volumesOf({ instance });
  if (attached.some((other) => other.volume === volume)) return `it has the volume ${volume} already`;
  if (attached.some((other) => other.device === device)) return `it has another volume as ${device ?? ''}`;
  return nextDevice(instance) === null ? 'it has as many volumes as there are devices' : needsPlace(instance);
}

const needsPlace = ({ residence, shelved }: InstanceRecord): string | null =>
  residence === null && !shelved ? 'the instance is on no host' : null;

const withIt = (context: TaskContext<AttachVolumeInput>) => [...volumesOf(context), attachment(context)];

/** Nova books the volume on the instance first, and has to find it out again when that is all that was done. */
export const attachVolume = operation<AttachVolumeInput>()({
  name: 'attachVolume',
  purpose: 'Gives the instance a volume; one that runs has it at once.',
  allowedFrom: ['active', 'paused', 'stopped', 'resized', 'soft-delete', 'shelved', 'shelved_offloaded'],
  refusal,
  describe: ({ volume, device }) => (device === undefined ? volume : `${volume} as ${device}`),
  result: (context) => ({ device: attachment(context).device }),
})
  .step(
    'reserve',
    reserve(shown, ({ input }: TaskContext<AttachVolumeInput>) => input.volume),
  )
  .stepIf('plug', { ...plugInto(shown, hostOf, withIt, volumesOf), when: hasGuest })
  .keepsState((context) => ({ volumes: withIt(context) }));
