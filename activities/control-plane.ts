import type { Client } from '@temporalio/client';
import type { Fence, InputOf, OutputOf, UnitCall } from '../src/model/unit.ts';
import type { controlUnits } from '../src/operations/units/index.ts';
import type { ControlActivities } from '../workflows/control-activities.ts';
import { runAsRulesSay } from './drivers/simulated/control-faults.ts';
import { faultOfTask, instancesWithRoomOn, isWorkflowRunning, lookAtInstance, submitToInstance } from './host-tasks.ts';
import { isHostAlive, oweToHost } from './hosts.ts';
import { Placement } from './placement.ts';
import { endOfTask } from './task-end.ts';
import { awaitTask, readTaskHistory } from './task-history.ts';
import { unitContext } from './unit-context.ts';
import { UnitFault } from './unit-fault.ts';
import { toApplicationFailure } from './unit-failure.ts';

type ControlUnits = typeof controlUnits;
type ControlUnitActivities = {
  readonly [Name in keyof ControlUnits]: (
    call: UnitCall<InputOf<ControlUnits[Name]>>,
  ) => Promise<OutputOf<ControlUnits[Name]>>;
};

export interface ControlOptions {
  /** Folder of simulated hypervisors whose fault rules the units heed, too. For development. */
  readonly faultRules?: string;
}

/** All activities of control workers. `client` reaches the server that the worker polls. */
export function controlActivities(
  client: Client,
  { faultRules }: ControlOptions = {},
): ControlUnitActivities & ControlActivities {
  const placement = new Placement(client);
  const unit =
    <Input, Output>(name: string, run: (call: UnitCall<Input>, fence: Fence) => Promise<Output>) =>
    async (call: UnitCall<Input>): Promise<Output> => {
      const context = unitContext(call.purpose);
      try {
        if (faultRules === undefined) return await run(call, context.fence);
        return await runAsRulesSay(faultRules, name, context, (fence) => run(call, fence));
      } catch (error) {
        // A declared fault travels as one; anything else, such as a server that does not answer, is tried again.
        throw error instanceof UnitFault ? toApplicationFailure(error, { step: call.purpose.step }) : error;
      }
    };
  return {
    claimHost: unit('claimHost', (call, fence) => placement.claimHost(call, fence)),
    leaveFencedHost: unit('leaveFencedHost', (call, fence) => placement.leaveFencedHost(call, fence)),
    releaseClaim: unit('releaseClaim', (call, fence) => placement.releaseClaim(call, fence)),
    readTaskHistory: (taskIds) => readTaskHistory(client, taskIds),
    isHostAlive: (host) => isHostAlive(client, host),
    oweToHost: (host, debt) => oweToHost(client, host, debt),
    awaitTask: (taskId) => awaitTask(client, taskId),
    endOfTask: (taskId) => endOfTask(client, taskId),
    instancesWithRoomOn: (host) => instancesWithRoomOn(client, host),
    lookAtInstance: (instanceId) => lookAtInstance(client, instanceId),
    submitToInstance: (request) => submitToInstance(client, request),
    faultOfTask: (taskId) => faultOfTask(client, taskId),
    isWorkflowRunning: (workflowId) => isWorkflowRunning(client, workflowId),
  };
}
