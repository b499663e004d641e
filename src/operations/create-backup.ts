import type { Backup, InstanceRecord } from '../model/instance.ts';
import { operation, type TaskContext } from '../model/operation.ts';
import type { CreateBackupInput } from './create-backup.schema.ts';
import { newImage, removeForGood, upload } from './image-steps.ts';
import { hostOf, needsHost } from './where.ts';

type Context = TaskContext<CreateBackupInput>;
const event = 'compute_backup_instance';

/** The backups that one more of this type pushes out of the rotation, oldest first. */
export function overdueBackups(
  { backups = [] }: Pick<InstanceRecord, 'backups'>,
  { backupType, rotation }: Pick<CreateBackupInput, 'backupType' | 'rotation'>,
): Backup[] {
  const ofType = backups.filter((backup) => backup.backupType === backupType);
  // The new one counts, unless none is kept at all.
  return ofType.slice(0, Math.max(0, ofType.length - Math.max(0, rotation - 1)));
}

const overdue = ({ instance, input }: Context) => overdueBackups(instance, input);
const keepsSome = ({ input }: Context) => input.rotation > 0;

export const createBackup = operation<CreateBackupInput>()({
  name: 'createBackup',
  purpose: 'Makes an image of the disk as it is now, and removes the oldest backups of its type beyond the rotation.',
  allowedFrom: ['active', 'stopped', 'paused', 'suspended'],
  evenWhenLocked: true,
  refusal: needsHost,
  describe: ({ backupType, rotation, name }) => `${name}, ${backupType}, keeps ${rotation}`,
  result: (context) => (keepsSome(context) ? { image: newImage(context) } : {}),
})
  .stepIf('upload', {
    ...upload({ taskState: 'image_uploading', event }, ({ input }: Context) => input.name),
    when: keepsSome,
  })
  .stepIf('removeOverdue', {
    ...removeForGood({ taskState: 'image_backup', event }, hostOf, (context: Context) =>
      overdue(context).map(({ image }) => image),
    ),
    when: (context) => overdue(context).length > 0,
    irreversible: 'the backups beyond the rotation are gone',
  })
  .keepsState((context) => {
    const { backups = [] } = context.instance;
    const gone = overdue(context);
    const made = keepsSome(context) ? [{ image: newImage(context), backupType: context.input.backupType }] : [];
    return { backups: [...backups.filter((backup) => !gone.includes(backup)), ...made] };
  });
