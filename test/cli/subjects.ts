/** What commands are tried on. */
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import type { Fleet } from '../support/fleet.ts';

let count = 0;
/** An active instance under a name that no other has. */
export const activeSubject = (fleet: Fleet): Promise<InstanceRecord> =>
  fleet.activeInstance({ name: `subject-${(count += 1)}`, flavor: 'm1.tiny' });

/** An instance whose reboot hangs, and the reboot. */
export async function hangingReboot(fleet: Fleet): Promise<{ readonly instance: InstanceRecord; readonly task: Task }> {
  const instance = await activeSubject(fleet);
  const misbehaviour = { kind: 'hang' } as const;
  await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', instance: instance.id, misbehaviour });
  const task = await fleet.client.submit('reboot', instance.id, { type: 'HARD' });
  await fleet.untilInUnit(task.id, 'hardReboot');
  return { instance, task };
}
