/**
 * Records the golden histories that are missing. Those that there are stay as they are: workflows that were begun by an
 * earlier version of the code look like that. To give one up, delete its file, and say in the commit who will not miss it.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startFleet } from '../support/fleet.ts';
import { isRecorded, writeHistory } from './histories.ts';
import { scenarios } from './scenarios/index.ts';

await mkdir(fileURLToPath(new URL('./histories/', import.meta.url)), { recursive: true });
const fleet = await startFleet();
try {
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (await isRecorded(name)) continue;
    const workflowId = await scenario(fleet);
    const history = await fleet.temporal.workflow.getHandle(workflowId).fetchHistory();
    await writeHistory(name, historyToJSON(history));
    process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`);
    await fleet.hypervisors.behave();
  }
} finally {
  await fleet.dispose();
}
