import { operation } from '../model/operation.ts';
import type { ChangePasswordInput } from './change-password.schema.ts';
import { setAdminPassword } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

/** Nova leaves the task_state behind when its service is restarted meanwhile; here the unit is done again. */
export const changePassword = operation<ChangePasswordInput>()({
  name: 'changePassword',
  purpose: 'Gives the administrator of a running guest another password.',
  allowedFrom: ['active'],
  refusal: needsHost,
})
  .step('set', {
    taskState: 'updating_password',
    event: 'compute_set_admin_password',
    deadline: '2m',
    unit: setAdminPassword,
    on: hostOf,
    with: ({ input }) => ({ adminPassword: input.adminPass }),
  })
  // Whatever makes its disk anew sets the guest up from there.
  .keepsState(({ input: { adminPass }, instance: { configDrive } }) =>
    configDrive ? { configDrive: { ...configDrive, adminPassword: adminPass } } : {},
  );
