import { addApi } from './commands/api.ts';
import { addConsole } from './commands/console.ts';
import { addCreate } from './commands/create.ts';
import { addDev } from './commands/dev.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFault } from './commands/fault.ts';
import { addHistory } from './commands/history.ts';
import { addHosts } from './commands/hosts.ts';
import { addInstances } from './commands/instances.ts';
import { addKeys } from './commands/keys.ts';
import { addOperations } from './commands/operations.ts';
import { addPlan } from './commands/plan.ts';
import { addRecover } from './commands/recover.ts';
import { addRun } from './commands/run.ts';
import { addTask } from './commands/task.ts';
import { addTasks } from './commands/tasks.ts';
import { addVolume } from './commands/volume.ts';
import { addWorker } from './commands/worker.ts';
import { packageVersion } from '../package-version.ts';
import { createRoot, type Root } from './options.ts';

const commands: readonly ((root: Root) => void)[] = [
  addCreate,
  addRun,
  addPlan,
  addInstances,
  addTasks,
  addTask,
  addHistory,
  addConsole,
  addOperations,
  addHosts,
  addKeys,
  addRecover,
  addFault,
  addVolume,
  addDev,
  addWorker,
  addApi,
  addDoctor,
];

/** The whole program. What a command needs beyond its own words is loaded when it runs. */
export function createProgram(): Root {
  const root = createRoot()
    .version(packageVersion())
    .configureOutput({ outputError: () => {} });
  for (const add of commands) add(root);
  return root;
}
