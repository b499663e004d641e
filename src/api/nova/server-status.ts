import { isVmState, taskStates, type TaskState, type VmState } from '../../model/states.ts';

interface Words {
  readonly otherwise: string;
  /** Where what is being done to the instance says more. */
  readonly during?: Partial<Record<TaskState, string>>;
}

const resizing = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
} as const;
const rebuilding = {
  rebuilding: 'REBUILD',
  rebuild_block_device_mapping: 'REBUILD',
  rebuild_spawning: 'REBUILD',
} as const;
const migrating = { migrating: 'MIGRATING' } as const;

const words: Readonly<Record<VmState, Words>> = {
  active: {
    otherwise: 'ACTIVE',
    during: {
      ...resizing,
      ...rebuilding,
      ...migrating,
      rebooting: 'REBOOT',
      rebooting_hard: 'HARD_REBOOT',
      updating_password: 'PASSWORD',
    },
  },
  building: { otherwise: 'BUILD' },
  stopped: { otherwise: 'SHUTOFF', during: { ...resizing, ...rebuilding } },
  resized: { otherwise: 'VERIFY_RESIZE', during: { resize_reverting: 'REVERT_RESIZE' } },
  paused: { otherwise: 'PAUSED', during: migrating },
  suspended: { otherwise: 'SUSPENDED' },
  rescued: { otherwise: 'RESCUE' },
  error: { otherwise: 'ERROR', during: rebuilding },
  deleted: { otherwise: 'DELETED' },
  'soft-delete': { otherwise: 'SOFT_DELETED' },
  shelved: { otherwise: 'SHELVED' },
  shelved_offloaded: { otherwise: 'SHELVED_OFFLOADED' },
};

/** The one word that users are shown for both states. */
export function serverStatus(vmState: VmState, taskState: TaskState | null): string {
  const { otherwise, during = {} } = words[vmState];
  return (taskState !== null ? during[taskState] : undefined) ?? otherwise;
}

export interface States {
  readonly vmStates: readonly VmState[];
  /** Null for any, and none. */
  readonly taskStates: readonly TaskState[] | null;
}

/** The states that are shown as one of these words, in any case; null where no state is. */
export function statesShownAs(statuses: readonly string[]): States | null {
  const wanted = new Set(statuses.map((status) => status.toUpperCase()));
  const rows = Object.entries(words).flatMap(([vmState, { otherwise, during = {} }]) => {
    if (!isVmState(vmState)) return [];
    const tasks = taskStates.filter((state) => wanted.has(during[state] ?? ''));
    return wanted.has(otherwise) || tasks.length > 0 ? [{ vmState, any: wanted.has(otherwise), tasks }] : [];
  });
  if (rows.length === 0) return null;
  const any = rows.some((row) => row.any);
  return { vmStates: rows.map(({ vmState }) => vmState), taskStates: any ? null : rows.flatMap(({ tasks }) => tasks) };
}
