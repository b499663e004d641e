/** Steps that make disks of an instance and take them away. */
import type { SealedSecret } from '../model/secret.ts';
import type { InputOf } from '../model/unit.ts';
import type { Place, Shown } from './power-steps.ts';
import { copyDisk, createDisk, removeDisk } from './units/index.ts';
import { hostOf, residenceOf, type OfInstance } from './where.ts';

/** What the administrator's password is to be, as `createDisk` takes it. */
export const withPassword = ({
  adminPass,
}: {
  readonly adminPass?: SealedSecret;
}): { readonly adminPassword?: SealedSecret } => (adminPass === undefined ? {} : { adminPassword: adminPass });

/** Makes a disk from an image. */
export const makeDisk = <Where, What>(
  shown: Shown,
  on: Place<Where>,
  disk: (context: What) => InputOf<typeof createDisk>,
) =>
  ({
    ...shown,
    deadline: '30m',
    unit: createDisk,
    on,
    with: disk,
    undo: { unit: removeDisk, on, with: (context: What) => ({ disk: disk(context).disk }) },
  }) as const;

/** Copies a disk of the instance, which must be off, from its host to that one. */
export const copyDiskTo = <Context extends Parameters<typeof hostOf>[0]>(
  shown: Shown,
  to: Place<Context>,
  copy: (context: Context) => Omit<InputOf<typeof copyDisk>, 'toHost'>,
) =>
  ({
    ...shown,
    deadline: '2h',
    unit: copyDisk,
    on: hostOf,
    with: (context: Context) => ({ ...copy(context), toHost: to(context) }),
    undo: { unit: removeDisk, on: to, with: (context: Context) => ({ disk: copy(context).toDisk }) },
  }) as const;

/** Removes what a rescue has left that ended in error. Put it last: what is left is needed as long as there is a way back. */
export const removeRescueLeftover = (shown: Shown) =>
  ({
    ...shown,
    when: ({ instance }: OfInstance) => instance.residence?.rescueDisk !== undefined,
    deadline: '10m',
    unit: removeDisk,
    on: hostOf,
    with: ({ instance }: OfInstance) => ({ disk: residenceOf(instance).rescueDisk ?? '' }),
    pointOfNoReturn: true,
    irreversible: 'the system that the instance was rescued with before is gone',
    owedWhen: 'failed',
  }) as const;
