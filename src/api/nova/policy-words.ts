/** What Nova says to whoever may not do something: it names the rule of its policy. */
import type { Caller } from '../../authentication/caller.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import type { OperationName } from '../../operations/index.ts';
import { Forbidden } from '../http-error.ts';
import { denial } from '../policy.ts';

export const forbiddenByPolicy = (rule: string): Forbidden =>
  new Forbidden(`Policy doesn't allow os_compute_api:${rule} to be performed.`);

/** The rule that says who may ask for an operation. */
const rules: Readonly<Partial<Record<OperationName, string>>> = {
  create: 'servers:create',
  delete: 'servers:delete',
  forceDelete: 'os-deferred-delete:force',
  restore: 'os-deferred-delete:restore',
  start: 'servers:start',
  stop: 'servers:stop',
  reboot: 'servers:reboot',
  rebuild: 'servers:rebuild',
  resize: 'servers:resize',
  confirmResize: 'servers:confirm_resize',
  revertResize: 'servers:revert_resize',
  pause: 'os-pause-server:pause',
  unpause: 'os-pause-server:unpause',
  suspend: 'os-suspend-server:suspend',
  resume: 'os-suspend-server:resume',
  rescue: 'os-rescue',
  unrescue: 'os-unrescue',
  lock: 'os-lock-server:lock',
  unlock: 'os-lock-server:unlock',
  shelve: 'os-shelve:shelve',
  shelveOffload: 'os-shelve:shelve_offload',
  unshelve: 'os-shelve:unshelve',
  createImage: 'servers:create_image',
  createBackup: 'os-create-backup',
  changePassword: 'os-admin-password',
  triggerCrashDump: 'servers:trigger_crash_dump',
  migrate: 'os-migrate-server:migrate',
  liveMigrate: 'os-migrate-server:migrate_live',
  evacuate: 'os-evacuate',
  resetState: 'os-admin-actions:reset_state',
  update: 'servers:update',
  updateMetadata: 'server-metadata:update_all',
  updateTags: 'os-server-tags:update_all',
  attachVolume: 'os-volumes-attachments:create',
  detachVolume: 'os-volumes-attachments:delete',
  swapVolume: 'os-volumes-attachments:swap',
  attachInterface: 'os-attach-interfaces:create',
  detachInterface: 'os-attach-interfaces:delete',
};

/** Those for whoever names the host. */
const rulesWithHost: Readonly<Partial<Record<OperationName, string>>> = {
  create: 'servers:create:forced_host',
  migrate: 'os-migrate-server:migrate:host',
  liveMigrate: 'os-migrate-server:migrate_live:host',
  unshelve: 'os-shelve:unshelve_to_host',
};

/** Throws {@link Forbidden}, in Nova's words, where the caller may not ask for it so. */
export function expectMayRequest(
  caller: Caller,
  operation: OperationName,
  input: unknown,
  instance: InstanceRecord | null,
): void {
  const reason = denial(caller, operation, input, instance);
  if (reason === null) return;
  if (reason === 'lock of an admin') throw forbiddenByPolicy('os-lock-server:unlock:unlock_override');
  const rule = reason === 'host' ? rulesWithHost[operation] : undefined;
  throw forbiddenByPolicy(rule ?? rules[operation] ?? operation);
}
