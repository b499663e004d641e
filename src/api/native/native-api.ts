/** The native API: the server-task proposal of 2014, kept as it is and extended. */
import type { Api } from '../application.ts';
import type { Reach } from '../reach.ts';
import { addTaskEvents } from './task-events.ts';
import { addTasks } from './tasks.ts';
import { addVerbs } from './verbs.ts';

/** Adds its routes. */
export function addNativeApi(api: Api, reach: Reach): void {
  addTasks(api, reach);
  addVerbs(api, reach);
  addTaskEvents(api, reach);
}
