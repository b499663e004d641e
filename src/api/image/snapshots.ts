/** Images that tasks have made of instances: such an image has the id of its task. */
import { validate } from 'uuid';
import type { Caller } from '../../authentication/caller.ts';
import { hasEnded, type Task } from '../../model/task.ts';
import { NotFound } from '../http-error.ts';
import type { Reach } from '../reach.ts';

const makingImages: ReadonlySet<string> = new Set(['createImage', 'createBackup']);

/** The task that makes or has made the image of this id; null where the caller knows of no such image. */
export async function findSnapshot(reach: Reach, caller: Caller, id: string): Promise<Task | null> {
  if (!validate(id)) return null;
  const task = await reach.task(caller, id).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  if (task === null || !makingImages.has(task.operation)) return null;
  if (hasEnded(task.status) && task.status !== 'COMPLETED') return null;
  return (await isRotatedAway(reach, task)) ? null : task;
}

/** Older backups make room for newer ones. */
async function isRotatedAway(reach: Reach, { operation, status, id, instanceId }: Task): Promise<boolean> {
  if (operation !== 'createBackup' || status !== 'COMPLETED') return false;
  const { backups = [] } = await reach.client.get(instanceId);
  return backups.every(({ image }) => image !== id);
}
