/** Steps that several operations have: switching a guest off, defining it anew and starting it, on the instance's own host. */
import type { InstanceRecord } from '../model/instance.ts';
import type { TaskState } from '../model/states.ts';
import { defineGuest, powerOffGuest, shutDownGuest, startGuest, type GuestDefinition } from './units.ts';
import { hostOf, mayRun } from './where.ts';

interface OfInstance {
  readonly instance: InstanceRecord;
}
interface Subject extends OfInstance {
  readonly taskId: string;
}
/** What a step shows while it runs. */
interface Shown {
  readonly taskState: TaskState;
  readonly event: string;
}
const nothing = () => ({});
const start = { unit: startGuest, on: hostOf, with: nothing } as const;
const powerOff = { unit: powerOffGuest, on: hostOf, with: nothing } as const;

/** Asks the guest of an active instance to shut down. Name the step `shutDown`. */
export const shutDownIfActive = (shown: Shown) =>
  ({
    ...shown,
    when: ({ instance }: OfInstance) => instance.vmState === 'active',
    deadline: '5m',
    unit: shutDownGuest,
    on: hostOf,
    with: () => ({ timeoutSeconds: 60 }),
    undo: start,
  }) as const;

/** Switches off what has not shut down when the step `shutDown` asked it to, or was not asked. */
export const powerOffIfOn = (shown: Shown) =>
  ({
    ...shown,
    ...powerOff,
    when: (context: OfInstance & { readonly shutDown?: { readonly off: boolean } | undefined }) =>
      mayRun(context) && context.shutDown?.off !== true,
    deadline: '5m',
  }) as const;

/** Gives the guest, which is off, another definition. */
export const redefine = (
  shown: Shown,
  to: (subject: Subject) => GuestDefinition,
  back: (subject: Subject) => GuestDefinition,
) =>
  ({
    ...shown,
    deadline: '2m',
    unit: defineGuest,
    on: hostOf,
    with: to,
    undo: { unit: defineGuest, on: hostOf, with: back },
  }) as const;

/** Starts the guest. */
export const boot = (shown: Shown) => ({ ...shown, ...start, deadline: '5m', undo: powerOff }) as const;
