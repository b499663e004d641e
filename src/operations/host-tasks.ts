/** What tasks of hosts do with each instance that has room on the host. */
import type { HostTaskKind, InstanceOnHost } from '../model/host-task.ts';
import { conflictVerdict } from './conflicts.ts';
import type { OperationName } from './index.ts';

/** An operation with its input. */
export interface Move {
  readonly operation: OperationName;
  readonly input: Readonly<Record<string, never>>;
}

export interface HostTaskDeclaration {
  readonly purpose: string;
  /** One after the other, each when the one before has completed. What an instance does not admit it refuses itself. */
  readonly moves: (instance: InstanceOnHost) => readonly Move[];
}

const move = (operation: OperationName): Move => ({ operation, input: {} });

export const hostTasks: Readonly<Record<HostTaskKind, HostTaskDeclaration>> = {
  drainHost: {
    purpose: 'Puts the host into maintenance and moves its instances away, those that run without a stop.',
    moves({ vmState }) {
      if (vmState === 'stopped') return [move('migrate'), move('confirmResize')];
      return [move(vmState === 'shelved' ? 'shelveOffload' : 'liveMigrate')];
    },
  },
  evacuateHost: {
    purpose: 'Takes the instances away from a host that was declared fenced.',
    moves: () => [move('evacuate')],
  },
};

/** Whether the instance cannot be moved before the task has ended that runs on it. */
export const isInTheWay = (running: string, moves: readonly Move[]): boolean =>
  moves.some(({ operation, input }) => conflictVerdict(running, operation, input) === 'refuse');
