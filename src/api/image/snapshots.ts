/** Images that tasks have made of instances: such an image has the id of its task. */
import { validate } from 'uuid';
import type { Caller } from '../../authentication/caller.ts';
import type { TaskRow } from '../../client/rows.ts';
import { hasEnded, type Task } from '../../model/task.ts';
import { NotFound } from '../http-error.ts';
import type { Reach } from '../reach.ts';
import type { Snapshot } from './image-view.ts';

const makingImages = ['createImage', 'createBackup'] as const;
const isMaking = (operation: string): boolean => makingImages.some((each) => each === operation);

/** The newest of each kind; further ones are found by their ids. */
const mostListed = 1_000;

/** The task that makes or has made the image of this id; null where the caller knows of no such image. */
export async function findSnapshot(reach: Reach, caller: Caller, id: string): Promise<Task | null> {
  if (!validate(id)) return null;
  const task = await reach.task(caller, id).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  if (task === null || !isMaking(task.operation)) return null;
  if (hasEnded(task.status) && task.status !== 'COMPLETED') return null;
  return (await rotatedAway(reach, [task])).has(task.id) ? null : task;
}

/** What an input calls the image. */
export const snapshotOf = (task: Task): Snapshot => ({ ...task, name: nameIn(task.input) });

const nameIn = (input: unknown): string =>
  typeof input === 'object' && input !== null && 'name' in input && typeof input.name === 'string' ? input.name : '';

/** Those of a project, newest first. */
export async function listSnapshots(reach: Reach, projectId: string): Promise<Snapshot[]> {
  const pages = await Promise.all(
    makingImages.map((operation) => reach.client.listTasks({ projectId, operation, limit: mostListed })),
  );
  const rows = pages
    .flatMap((page) => page.rows)
    .filter(({ status }) => status === 'RUNNING' || status === 'COMPLETED');
  const gone = await rotatedAway(reach, rows);
  return rows
    .filter(({ id }) => !gone.has(id))
    .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1))
    .map((row) => ({ ...row, projectId, name: row.makes ?? '' }));
}

type Made = Pick<TaskRow, 'id' | 'operation' | 'status' | 'instanceId'>;

/** Older backups make room for newer ones: which are left is known to their instances, of which each is asked once. */
async function rotatedAway(reach: Reach, tasks: readonly Made[]): Promise<ReadonlySet<string>> {
  const backups = tasks.filter(({ operation, status }) => operation === 'createBackup' && status === 'COMPLETED');
  const instances = [...new Set(backups.map(({ instanceId }) => instanceId))];
  const records = await Promise.all(instances.map((id) => reach.client.get(id)));
  const left = new Set(records.flatMap(({ backups: kept = [] }) => kept.map(({ image }) => image)));
  return new Set(backups.filter(({ id }) => !left.has(id)).map(({ id }) => id));
}
