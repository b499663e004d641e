/** Nova's default policy: which role an operation takes, and what only admins may say of it. */
import type { InstanceRecord } from '../model/instance.ts';
import type { OperationName } from '../operations/index.ts';
import { hasRole, isAdmin, type Caller, type Role } from '../authentication/caller.ts';
import { Forbidden } from './http-error.ts';

/** Where a member is not enough. */
const mightierRoles: Partial<Record<OperationName, Role>> = {
  migrate: 'manager',
  liveMigrate: 'manager',
  evacuate: 'admin',
  resetState: 'admin',
  shelveOffload: 'admin',
  swapVolume: 'admin',
  triggerCrashDump: 'member',
  syncPowerState: 'admin',
  recover: 'admin',
};

/** The role in the project of the instance that an operation takes. */
export const roleFor = (operation: OperationName): Role => mightierRoles[operation] ?? 'member';

/** Why somebody may not ask for something. */
export type Denial = 'role' | 'host' | 'lock for admins' | 'lock of an admin';

/** Why the caller may not ask for it so; null where they may. */
export function denial(
  caller: Caller,
  operation: OperationName,
  input: unknown,
  instance: Pick<InstanceRecord, 'locked'> | null = null,
): Denial | null {
  if (!hasRole(caller, roleFor(operation))) return 'role';
  if (isAdmin(caller)) return null;
  if (says(input, 'host')) return 'host';
  if (operation === 'lock' && says(input, 'forAdmins')) return 'lock for admins';
  return operation === 'unlock' && instance?.locked?.forAdmins === true ? 'lock of an admin' : null;
}

const says = (input: unknown, key: string): boolean =>
  typeof input === 'object' &&
  input !== null &&
  Object.entries(input).some(([name, value]) => name === key && value !== undefined);

const sentences: Readonly<Record<Exclude<Denial, 'role'>, string>> = {
  host: 'only an admin may choose the host',
  'lock for admins': 'only an admin may keep members from taking a lock away',
  'lock of an admin': 'only an admin may take this lock away',
};

/** Throws {@link Forbidden} where the caller may not ask for it so. */
export function expectMayRequest(
  caller: Caller,
  operation: OperationName,
  input: unknown,
  instance: Pick<InstanceRecord, 'locked'> | null = null,
): void {
  const reason = denial(caller, operation, input, instance);
  if (reason === 'role') throw new Forbidden(`${operation} takes the role ${roleFor(operation)}`);
  if (reason !== null) throw new Forbidden(sentences[reason]);
}

/** Throws {@link Forbidden} for a caller without that role. */
export function expectRole(caller: Caller, role: Role): void {
  if (!hasRole(caller, role)) throw new Forbidden(`that takes the role ${role}`);
}

/** Whether the caller may know that something of this project is there. */
export const sees = (caller: Caller, projectId: string | null): boolean =>
  isAdmin(caller) || caller.projectId === projectId;
