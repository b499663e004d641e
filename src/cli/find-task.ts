import type { Task } from '../model/task.ts';
import type { Session } from './session.ts';

/** The task of an id; what is no id cannot be one. */
export async function findTask(session: Session, id: string): Promise<Task> {
  const { validate } = await import('uuid');
  if (!validate(id)) {
    const { NotFoundError } = await import('../client/errors.ts');
    throw new NotFoundError(`there is no task "${id}": the id of a task is a UUID`);
  }
  return (await session.client()).task(id.toLowerCase());
}
