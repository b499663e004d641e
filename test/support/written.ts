/** All that is written down somewhere: what is secret must be in none of it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** The history of a workflow as text, payloads decoded. */
export async function historyOf(temporal: Client, workflowId: string): Promise<string> {
  const json = historyToJSON(await temporal.workflow.getHandle(workflowId).fetchHistory());
  return json.replaceAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g, (_all, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
}

/** All that processes have logged and simulated hosts have written below a folder, in one text. */
export async function everythingWrittenIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}
