/** The native API: the server-task proposal of 2014, kept as it is and extended. */
import type { Api } from '../application.ts';
import { packageVersion } from '../../package-version.ts';
import type { Quotas } from '../quotas.ts';
import type { Reach } from '../reach.ts';
import { describeApi } from './description.ts';
import type { ReadModel } from '../../read-model/read-model.ts';
import { addServerEvents } from './server-events.ts';
import { addServers } from './servers.ts';
import { addTaskEvents } from './task-events.ts';
import { addTasks } from './tasks.ts';
import { addVerbs } from './verbs.ts';

/** Adds its routes. Returns what tells its JSON Home. */
export async function addNativeApi(
  api: Api,
  reach: Reach,
  { readModel, quotas }: { readonly readModel: ReadModel; readonly quotas: Quotas },
): Promise<() => object> {
  const home = await describeApi(api, packageVersion());
  addServers(api, reach, quotas);
  addTasks(api, reach);
  addVerbs(api, reach);
  addTaskEvents(api, reach);
  addServerEvents(api, reach, readModel);
  return home;
}
