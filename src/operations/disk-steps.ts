/** Steps that make disks of an instance and take them away. */
import type { InputOf } from '../model/unit.ts';
import type { Place, Shown } from './power-steps.ts';
import { copyDisk, createDisk, removeDisk } from './units/index.ts';
import { hostOf } from './where.ts';

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
