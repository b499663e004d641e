/** The catalogue: every operation, by the name that users, the Web UI and Nova's instance actions know it by. */
import { endsInstance, type Operation } from '../model/operation.ts';
import { confirmResize } from './confirm-resize.ts';
import { create } from './create.ts';
import { deleteInstance } from './delete.ts';
import { forceDelete } from './force-delete.ts';
import { migrate } from './migrate.ts';
import { pause } from './pause.ts';
import { reboot } from './reboot.ts';
import { rebuild } from './rebuild.ts';
import { recover } from './recover.ts';
import { rescue } from './rescue.ts';
import { resize } from './resize.ts';
import { resume } from './resume.ts';
import { revertResize } from './revert-resize.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { suspend } from './suspend.ts';
import { unpause } from './unpause.ts';
import { unrescue } from './unrescue.ts';

export const operations = {
  create,
  delete: deleteInstance,
  forceDelete,
  start,
  stop,
  reboot,
  pause,
  unpause,
  suspend,
  resume,
  resize,
  confirmResize,
  revertResize,
  migrate,
  rebuild,
  rescue,
  unrescue,
  recover,
} as const;

export type OperationName = keyof typeof operations;

/** True when there is an operation of that name. */
export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name);

/** Whether the operation of that name ends the instance. */
export const isDeletion = (name: string): boolean => isOperationName(name) && endsInstance(operations[name]);

/** Declarations that tasks admitted earlier still carry: keep the old version here when one is raised. */
const olderVersions: readonly Operation[] = [];

/** The declaration that a task was admitted with. Throws when it is no longer registered. */
export function findOperation(name: string, version: number): Operation {
  const all: readonly Operation[] = [...Object.values(operations), ...olderVersions];
  const found = all.find((operation) => operation.name === name && operation.version === version);
  if (found === undefined) throw new Error(`no declaration of ${name} version ${version} is registered`);
  return found;
}
