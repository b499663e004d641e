/** Live migrations from host-1 to host-2, as several test files disturb them. */
import type { InstanceRecord, SubmitOptions, Task } from '../../src/client/index.ts';
import type { Fleet } from './fleet.ts';

export interface Migration {
  readonly task: Task;
  /** The instance as it was. */
  readonly before: InstanceRecord;
}

interface Wanted extends SubmitOptions {
  readonly dirtyRate?: number;
  /** Done to the instance before. */
  readonly prepare?: (instance: InstanceRecord) => Promise<void>;
}

/** The migration of a new instance, in the middle of copying its memory; that takes two seconds, or with a `dirtyRate` above 1 for ever. */
export async function copying(fleet: Fleet, options: Wanted = {}): Promise<Migration> {
  const { dirtyRate = 0, prepare, ...submitOptions } = options;
  const before = await fleet.activeInstance({ host: 'host-1' });
  await prepare?.(before);
  const rule = { unit: 'liveMigrateGuest', instance: before.id } as const;
  await fleet.hypervisors.misbehave({ ...rule, misbehaviour: { kind: 'delay', duration: '2s' } });
  await fleet.hypervisors.misbehave({ ...rule, misbehaviour: { kind: 'dirty', rate: dirtyRate } });
  const task = await fleet.client.submit('liveMigrate', before.id, { host: 'host-2' }, submitOptions);
  await fleet.untilInUnit(task.id, 'migrate');
  return { task, before };
}
