import type { Client } from '@temporalio/client';
import type { InputOf, OutputOf, UnitCall } from '../src/model/unit.ts';
import type { controlUnits } from '../src/operations/units/index.ts';
import type { ControlActivities } from '../workflows/control-activities.ts';
import { isHostAlive, oweToHost } from './hosts.ts';
import { Placement } from './placement.ts';
import { endOfTask } from './task-end.ts';
import { awaitTask, readTaskHistory } from './task-history.ts';
import { UnitFault } from './unit-fault.ts';
import { toApplicationFailure } from './unit-failure.ts';

type ControlUnits = typeof controlUnits;
type ControlUnitActivities = {
  readonly [Name in keyof ControlUnits]: (
    call: UnitCall<InputOf<ControlUnits[Name]>>,
  ) => Promise<OutputOf<ControlUnits[Name]>>;
};

/** All activities of control workers. `client` reaches the server that the worker polls. */
export function controlActivities(client: Client): ControlUnitActivities & ControlActivities {
  const placement = new Placement(client);
  return {
    claimHost: (call) => placement.claimHost(call).catch(asFailure(call)),
    releaseClaim: (call) => placement.releaseClaim(call).catch(asFailure(call)),
    readTaskHistory: (taskIds) => readTaskHistory(client, taskIds),
    isHostAlive: (host) => isHostAlive(client, host),
    oweToHost: (host, debt) => oweToHost(client, host, debt),
    awaitTask: (taskId) => awaitTask(client, taskId),
    endOfTask: (taskId) => endOfTask(client, taskId),
  };
}

/** A declared fault travels as one; anything else, such as a server that does not answer, is tried again. */
const asFailure =
  ({ purpose }: UnitCall<unknown>) =>
  (error: unknown): never => {
    throw error instanceof UnitFault ? toApplicationFailure(error, { step: purpose.step }) : error;
  };
