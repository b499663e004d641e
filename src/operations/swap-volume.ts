import { operation, type TaskContext } from '../model/operation.ts';
import type { SwapVolumeInput } from './swap-volume.schema.ts';
import { copyVolume, wipeVolume } from './units/index.ts';
import { needsVolume, plugInto, release, reserve, volumesOf } from './volume-steps.ts';
import { hostOf, needsHost } from './where.ts';

const shown = { taskState: null, event: 'compute_swap_volume' } as const;
type Context = TaskContext<SwapVolumeInput>;

const swapped = ({ input: { volume, toVolume }, instance }: Context) =>
  volumesOf({ instance }).map((attached) =>
    attached.volume === volume ? { ...attached, volume: toVolume } : attached,
  );

/** Nova swaps volumes that Cinder is about to migrate; here any two, the new one at least as large as the old one. */
export const swapVolume = operation<SwapVolumeInput>()({
  name: 'swapVolume',
  purpose: 'Copies a volume to another one, which takes its place in the guest; the old one is free then.',
  allowedFrom: ['active', 'paused', 'resized'],
  refusal: ({ input: { volume, toVolume }, instance }) =>
    needsVolume(toVolume, { instance }) === null
      ? `it has the volume ${toVolume} already`
      : (needsVolume(volume, { instance }) ?? needsHost({ instance })),
  describe: ({ volume, toVolume }) => `${volume} by ${toVolume}`,
})
  .step(
    'reserve',
    reserve(shown, ({ input }: Context) => input.toVolume),
  )
  .step('copy', {
    ...shown,
    deadline: '24h',
    unit: copyVolume,
    on: hostOf,
    with: ({ input }) => input,
    undo: { unit: wipeVolume, on: hostOf, with: ({ input }) => ({ volume: input.toVolume }) },
    irreversible: 'what was on the new volume is overwritten',
  })
  .step('plug', plugInto(shown, hostOf, swapped, volumesOf))
  .step(
    'release',
    release(shown, ({ input }: Context) => [input.volume]),
  )
  .keepsState((context) => ({ volumes: swapped(context) }));
