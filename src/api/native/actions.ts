/** The words of the server-task proposal for what tasks do; operations that it does not know have words like them. */
import { operations, type OperationName } from '../../operations/index.ts';

const proposed = {
  create: 'CREATE',
  createImage: 'SNAPSHOT',
  createBackup: 'BACKUP',
  changePassword: 'UPDATE_PASSWORD',
  stop: 'POWER_OFF',
  start: 'POWER_ON',
  migrate: 'MOVE',
  liveMigrate: 'LIVE_MOVE',
  delete: 'TERMINATE',
  forceDelete: 'FORCE_TERMINATE',
  softDelete: 'SOFT_TERMINATE',
  attachVolume: 'ATTACH_BLOCK_DEVICE',
  detachVolume: 'DETACH_BLOCK_DEVICE',
  swapVolume: 'SWAP_BLOCK_DEVICE',
  attachInterface: 'ATTACH_NETWORK_INTERFACE',
  detachInterface: 'DETACH_NETWORK_INTERFACE',
} as const satisfies Partial<Record<OperationName, string>>;

/** `revertResize` → `REVERT_RESIZE`. */
const spelled = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

export const hardReboot = 'HARD_REBOOT';
const isHard = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'type' in input && input.type === 'HARD';

/** The word for a task of this operation. Where the input is not known, a reboot is a `REBOOT`. */
export function actionOf(operation: string, input?: unknown): string {
  if (operation === 'reboot') return isHard(input) ? hardReboot : 'REBOOT';
  const words: Readonly<Record<string, string>> = proposed;
  return words[operation] ?? spelled(operation);
}

/** The operations that may be asked for, by their words: all but what makes a server, and what the platform does by itself. */
export const operationsByAction: ReadonlyMap<string, Exclude<OperationName, 'create'>> = new Map(
  (Object.keys(operations) as OperationName[])
    .filter((name) => name !== 'create' && name !== 'syncPowerState')
    .map((name) => [actionOf(name), name]),
);

/** The operation that tasks of this action are of. */
export const operationOf = (action: string): string =>
  action === 'CREATE' ? 'create' : action === hardReboot ? 'reboot' : (operationsByAction.get(action) ?? action);
