import type { Operation } from '../../model/operation.ts';
import type { Flaw } from './flaw.ts';

/** What is wrong with the operations that follow another one. */
export function subTaskFlaws({ name, leadsTo, subTasks }: Operation): Flaw[] {
  return subTasks.flatMap(({ operation }) => {
    const subject = `${name}.${operation.name}`;
    const flaws: Flaw[] = [];
    const barred = leadsTo.filter((state) => !operation.allowedFrom.includes(state));
    if (barred.length > 0) {
      const problem = `${name} leads to ${barred.join(', ')}, from which ${operation.name} does not start`;
      flaws.push({ rule: 'sub-task-can-start', subject, problem, remedy: 'let it start there, or leave it out' });
    }
    if (operation.subTasks.length > 0) {
      const problem = `it has sub-tasks of its own: ${operation.subTasks.map((each) => each.operation.name).join(', ')}`;
      flaws.push({ rule: 'sub-tasks-are-flat', subject, problem, remedy: 'name all of them in the operation itself' });
    }
    return flaws;
  });
}
