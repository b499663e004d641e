/** The two that are compared: each makes machines and carries out operations on them. */
import type { Client } from '@temporalio/client';
import { v4 } from 'uuid';
import type { InstanceTasks } from '../src/client/index.ts';
import type { Flavor } from '../src/model/instance.ts';
import { instanceWorkflowId, taskWorkflowId } from '../src/model/task.ts';
import type { BareInstance, BareOperation } from './bare-instance.ts';
import { bareTaskQueue } from './bare-worker.ts';
import * as bare from './bare-workflow.ts';

/** One machine under test. */
export interface Machine {
  readonly reboot: () => Promise<void>;
  /** Resolves when it is resized, with what makes it ready for the next time. */
  readonly resize: () => Promise<() => Promise<void>>;
  /** What is in the history of the last operation, and so far in that of what lives on between operations. */
  readonly costs: () => Promise<{ readonly operation: Cost; readonly lasting: Cost }>;
}

export interface Cost {
  readonly events: number;
  readonly workflowTasks: number;
}

const small: Flavor = { name: 'm1.tiny', vcpus: 1, memoryMb: 512, diskGb: 1 };
const large: Flavor = { ...small, name: 'm1.tiny2', memoryMb: 1_024 };

/** An instance of the product, driven through its client. */
export async function productMachine(client: InstanceTasks, temporal: Client): Promise<Machine> {
  const created = await client.create({ name: 'bench', flavor: small, image: 'cirros' });
  const { instanceId } = created;
  let last = await client.waitFor(created);
  let flavor = small;
  const run = async (operation: 'reboot' | 'resize' | 'confirmResize', input: object) => {
    last = await client.waitFor(await client.request(operation, instanceId, input));
    if (last.status !== 'COMPLETED') throw new Error(`${operation} is ${last.status}: ${last.fault?.message ?? ''}`);
  };
  return {
    reboot: () => run('reboot', { type: 'HARD' }),
    resize: async () => {
      flavor = flavor === small ? large : small;
      await run('resize', { flavor });
      return () => run('confirmResize', {});
    },
    costs: async () => ({
      operation: await costOf(temporal, taskWorkflowId(last.id)),
      lasting: await costOf(temporal, instanceWorkflowId(instanceId)),
    }),
  };
}

/** The same work by bare workflows. */
export async function bareMachine(temporal: Client): Promise<Machine> {
  let generation = 0;
  let last = '';
  const execute = async <Result>(
    workflow: (operation: BareOperation) => Promise<Result>,
    instance: BareInstance,
  ): Promise<Result> => {
    generation += 1;
    const operation: BareOperation = { taskId: v4(), instance, generation };
    last = `bare/${operation.taskId}`;
    return temporal.workflow.execute(workflow, {
      taskQueue: bareTaskQueue,
      workflowId: last,
      args: [operation],
    });
  };
  const nowhere = { host: '', claim: '', disk: '' };
  let instance = await execute(bare.bareCreate, { id: v4(), flavor: small, residence: nowhere });
  return {
    reboot: async () => {
      await execute(bare.bareReboot, instance);
    },
    resize: async () => {
      const before = instance;
      instance = await execute(bare.bareResize, {
        ...before,
        flavor: before.flavor.name === small.name ? large : small,
      });
      return () => execute(bare.bareConfirm, before);
    },
    costs: async () => ({ operation: await costOf(temporal, last), lasting: { events: 0, workflowTasks: 0 } }),
  };
}

async function costOf(temporal: Client, workflowId: string): Promise<Cost> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const workflowTasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
  return { events: events?.length ?? 0, workflowTasks };
}
