/** What golden histories tell. Each scenario names its workflow once it has been lived through; some rely on one before. */
import type { Scenario } from './beginnings.ts';
import { ofInstances } from './instances.ts';
import { ofOperations } from './operations.ts';
import { ofPlatform } from './platform.ts';
import { ofTasks } from './tasks.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {
  ...ofOperations,
  ...ofTasks,
  ...ofInstances,
  ...ofPlatform,
};
