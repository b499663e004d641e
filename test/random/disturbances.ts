/** What may happen while an operation runs, how somebody would do it by hand, and what the task may end with. */
import pLimit from 'p-limit';
import type { NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import type { Task, TaskStatus } from '../../src/client/index.ts';
import type { Fleet } from '../support/fleet.ts';
import type { Failing } from './nova.ts';

export interface Disturbance {
  /** The units of the operation misbehave so. */
  readonly misbehaviour?: NewFaultRule['misbehaviour'];
  /** Options of `itask fault set` for the same. */
  readonly fault?: string;
  /** What is done once the task has been asked for. */
  readonly interfere?: (fleet: Fleet, task: Task) => Promise<void>;
  /** The same, as typed. */
  readonly typed?: readonly string[];
  /** What the task may end with, by what becomes of it when its first unit fails. */
  readonly endsWith: (failing: Failing) => readonly TaskStatus[];
}

const succeeds = (): readonly TaskStatus[] => ['COMPLETED'];
/** A task may have ended, or be past the point where it can be told. */
const ifItStillCan = (told: Promise<Task>): Promise<Task | null> => told.catch(() => null);
/** Two who restart a worker at once would be in each other's way. */
export const oneAtATime = pLimit(1);

export const disturbances = {
  none: { endsWith: succeeds },
  'its first unit fails for good': {
    misbehaviour: { kind: 'fail' },
    fault: '--fail permanent',
    endsWith: (failing) => (failing === 'completes' ? ['COMPLETED'] : ['FAILED']),
  },
  'a unit is done and its answer is lost': {
    misbehaviour: { kind: 'failTimes', times: 1, moment: 'after' },
    fault: '--fail-times 1 --moment after',
    endsWith: succeeds,
  },
  'it is cancelled': {
    misbehaviour: { kind: 'delay', duration: '300ms' },
    fault: '--delay 300ms',
    interfere: async ({ client }, { id }) => {
      await ifItStillCan(client.cancel(id));
    },
    typed: ['itask task cancel TASK'],
    endsWith: () => ['COMPLETED', 'ABORTED'],
  },
  'it is paused for a while': {
    interfere: async ({ client }, { id }) => {
      const paused = await ifItStillCan(client.pause(id));
      if (paused !== null) await ifItStillCan(client.resume(id));
    },
    typed: ['itask task pause TASK', 'itask task resume TASK'],
    endsWith: succeeds,
  },
  'the worker of its host is killed': {
    misbehaviour: { kind: 'delay', duration: '300ms' },
    fault: '--delay 300ms',
    interfere: async (fleet, { instanceId }) => {
      const { residence } = await fleet.client.get(instanceId);
      if (residence !== null) await oneAtATime(() => fleet.worker(residence.host).restart());
    },
    typed: ['kill -9 WORKER'],
    endsWith: succeeds,
  },
} as const satisfies Record<string, Disturbance>;
export type DisturbanceName = keyof typeof disturbances;
