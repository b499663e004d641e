/** Nova's default policy: which role an operation takes, and what only admins may say of it. */
import type { OperationName } from '../operations/index.ts';
import { hasRole, isAdmin, type Caller, type Role } from '../authentication/caller.ts';
import { Forbidden } from './http-error.ts';

/** Where a member is not enough. */
const mightierRoles: Partial<Record<OperationName, Role>> = {
  migrate: 'manager',
  liveMigrate: 'manager',
  evacuate: 'admin',
  resetState: 'admin',
  shelveOffload: 'manager',
  swapVolume: 'admin',
  triggerCrashDump: 'member',
  syncPowerState: 'admin',
  recover: 'admin',
};

/** The role in the project of the instance that an operation takes. */
export const roleFor = (operation: OperationName): Role => mightierRoles[operation] ?? 'member';

/** Throws {@link Forbidden} where the caller may not ask for it so. */
export function expectMayRequest(caller: Caller, operation: OperationName, input: unknown): void {
  const role = roleFor(operation);
  if (!hasRole(caller, role)) throw new Forbidden(`${operation} takes the role ${role}`);
  const namesHost = typeof input === 'object' && input !== null && 'host' in input && input.host !== undefined;
  if (namesHost && !isAdmin(caller)) throw new Forbidden('only an admin may choose the host');
}

/** Throws {@link Forbidden} for a caller without that role. */
export function expectRole(caller: Caller, role: Role): void {
  if (!hasRole(caller, role)) throw new Forbidden(`that takes the role ${role}`);
}

/** Whether the caller may know that something of this project is there. */
export const sees = (caller: Caller, projectId: string | null): boolean =>
  isAdmin(caller) || caller.projectId === projectId;
