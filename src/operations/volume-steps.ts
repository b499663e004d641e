/** Steps by which an instance gets volumes, and loses them; and those that take its volumes along where it goes. */
import type { VolumeAttachment } from '../model/attachments.ts';
import type { TaskState } from '../model/states.ts';
import type { Place } from './power-steps.ts';
import { hostForStores } from './shelved.ts';
import { plugVolumes, releaseVolumes, reserveVolume } from './units/index.ts';
import type { OfInstance } from './where.ts';

interface Shown {
  readonly taskState: TaskState | null;
  readonly event: string;
}
type Volumes = readonly VolumeAttachment[];

/** The volumes that the instance has. */
export const volumesOf = ({ instance }: OfInstance): Volumes => instance.volumes ?? [];

/** Whether it has any. */
export const hasVolumes = (context: OfInstance): boolean => volumesOf(context).length > 0;

/** Refusal of an operation on a volume that the instance does not have. */
export const needsVolume = (volume: string, context: OfInstance): string | null =>
  volumesOf(context).some((attached) => attached.volume === volume) ? null : `it has no volume ${volume}`;

/** Whether there is a guest to plug volumes into. */
export const hasGuest = ({ instance }: OfInstance): boolean => instance.residence !== null;

/** Makes a volume the instance's own. */
export const reserve = <Context extends OfInstance>(shown: Shown, volume: (context: Context) => string) =>
  ({
    ...shown,
    deadline: '2m',
    unit: reserveVolume,
    on: hostForStores,
    with: (context: Context) => ({ volume: volume(context) }),
    undo: {
      unit: releaseVolumes,
      on: hostForStores,
      with: (context: Context) => ({ volumes: [volume(context)] }),
    },
  }) as const;

/** Leaves volumes to others: once another instance has one it does not come back. */
export const release = <Context extends OfInstance>(shown: Shown, volumes: (context: Context) => readonly string[]) =>
  ({
    ...shown,
    deadline: '2m',
    unit: releaseVolumes,
    on: hostForStores,
    with: (context: Context) => ({ volumes: volumes(context) }),
    pointOfNoReturn: true,
    irreversible: 'the volume is free, and may be taken by another instance',
    owedWhen: 'failed',
  }) as const;

/** Plugs these volumes into the guest on a host, and no others. */
export const plugInto = <Where, Which>(
  shown: Shown,
  on: Place<Where>,
  to: (context: Which) => Volumes,
  back: (context: Which) => Volumes,
) =>
  ({
    ...shown,
    deadline: '5m',
    unit: plugVolumes,
    on,
    with: (context: Which) => ({ volumes: to(context) }),
    undo: { unit: plugVolumes, on, with: (context: Which) => ({ volumes: back(context) }) },
  }) as const;

const none = () => [];

/** Disconnects the volumes of a guest that stays behind, and is off. */
export const disconnectFrom = <Where>(shown: Shown, on: Place<Where>) => plugInto(shown, on, none, volumesOf);

/** Connects the volumes to a guest that stayed behind without them, and is off. */
export const reconnectTo = <Where>(shown: Shown, on: Place<Where>) => plugInto(shown, on, volumesOf, none);
