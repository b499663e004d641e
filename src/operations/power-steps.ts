/** Steps that several operations have: switching a guest off, defining it anew and starting it, on the instance's own host. */
import type { InstanceRecord } from '../model/instance.ts';
import type { TaskContext } from '../model/operation.ts';
import type { TaskState } from '../model/states.ts';
import { defineGuest, powerOffGuest, shutDownGuest, startGuest, type GuestDefinition } from './units/index.ts';
import { hostOf, mayRun } from './where.ts';

interface OfInstance {
  readonly instance: InstanceRecord;
}
/** What a step shows while it runs. */
interface Shown {
  readonly taskState: TaskState;
  readonly event: string;
}
/** What the step `shutDown` has found, where it ran. */
interface AfterShutDown {
  readonly shutDown?: { readonly off: boolean } | undefined;
}
const nothing = () => ({});
const start = { unit: startGuest, on: hostOf, with: nothing } as const;
const off = { unit: powerOffGuest, on: hostOf, with: nothing } as const;

/** Whether the instance ran when the task was started. */
export const wasActive = ({ instance }: OfInstance): boolean => instance.vmState === 'active';

/** Whether the guest was asked to shut down and did not. */
export const refusedToShutDown = ({ shutDown }: AfterShutDown): boolean => shutDown?.off === false;

/** Whether the guest may be on: it has not shut down when it was asked to, or was not asked. */
export const mayStillRun = (context: OfInstance & AfterShutDown): boolean =>
  mayRun(context) && context.shutDown?.off !== true;

/** Asks the guest to shut down. Name the step `shutDown`. */
export const shutDown = (shown: Shown) =>
  ({
    ...shown,
    deadline: '5m',
    unit: shutDownGuest,
    on: hostOf,
    with: () => ({ timeoutSeconds: 60 }),
    undo: start,
  }) as const;

/** Switches the guest off. */
export const powerOff = (shown: Shown) => ({ ...shown, ...off, deadline: '5m' }) as const;

/** Gives the guest, which is off, another definition. */
export const redefine = <Input>(
  shown: Shown,
  to: (context: TaskContext<Input>) => GuestDefinition,
  back: (context: TaskContext<Input>) => GuestDefinition,
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
export const boot = (shown: Shown) => ({ ...shown, ...start, deadline: '5m', undo: off }) as const;
