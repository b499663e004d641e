import type { Root } from '../options.ts';

/** The commands about one task, before there are any. */
export const createGroup = (root: Root) =>
  root.command('task').description('one task: look at it, hold it, stop it, repeat it');
export type TaskGroup = ReturnType<typeof createGroup>;
