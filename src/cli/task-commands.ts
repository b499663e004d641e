import type { TaskVerb } from '../model/task.ts';

/** The word after `itask task` that says a verb. */
export const commandOf = (verb: TaskVerb): string => (verb === 'forceComplete' ? 'force-complete' : verb);
