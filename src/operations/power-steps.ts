/** Steps that several operations have: switching a guest off, defining it anew and starting it. */
import type { TaskContext } from '../model/operation.ts';
import type { TaskState } from '../model/states.ts';
import { defineGuest, powerOffGuest, shutDownGuest, startGuest, type GuestDefinition } from './units/index.ts';
import { hostOf, mayRun, type OfInstance } from './where.ts';

/** What a step shows while it runs. */
export interface Shown {
  readonly taskState: TaskState;
  readonly event: string;
}
/** What the step `shutDown` has found, where it ran. */
interface AfterShutDown {
  readonly shutDown?: { readonly off: boolean } | undefined;
}
/** Says on which host a step runs. */
export type Place<Context> = (context: Context) => string;

const nothing = () => ({});

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
    undo: { unit: startGuest, on: hostOf, with: nothing },
  }) as const;

/** Switches the guest off. */
export const powerOff = (shown: Shown) =>
  ({ ...shown, deadline: '5m', unit: powerOffGuest, on: hostOf, with: nothing }) as const;

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

/** Starts the guest, where nothing is lost when it goes on running. */
export const start = <Context>(shown: Shown, on: Place<Context>) =>
  ({ ...shown, deadline: '5m', unit: startGuest, on, with: nothing }) as const;

/** Starts the guest. What it writes from then on is given up when the step is taken back. */
export const boot = <Context>(shown: Shown, on: Place<Context>) =>
  ({ ...start(shown, on), undo: { unit: powerOffGuest, on, with: nothing } }) as const;
