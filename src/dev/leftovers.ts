import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Configuration } from './configuration.ts';
import { startCommand } from './dev-server.ts';
import { forgetProcess, runningProcess } from './process-record.ts';
import { endProcess } from './process.ts';
import type { Report } from './set-up-error.ts';
import { recordFile } from './temporal-server.ts';

const graceMs = 5_000;

/**
 * Ends what an earlier start has left running because it was killed itself: its workers, and its server. A server that
 * was brought up for itself stays.
 */
export async function endLeftovers(configuration: Configuration, report: Report): Promise<void> {
  const server = recordFile(configuration, 'temporal');
  const ownRecord = recordFile(configuration, 'start');
  const folder = dirname(server);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const workers = files.filter((file) => file !== server && file !== ownRecord);
  await Promise.all(workers.map((file) => endLeftover(file, report)));
  const running = await runningProcess(server);
  if (running?.details['startedBy'] === startCommand) await endLeftover(server, report);
}

async function endLeftover(file: string, report: Report): Promise<void> {
  const running = await runningProcess(file);
  if (running) {
    report(`Ending ${basename(file, '.json')}, process ${running.pid}, that an earlier start has left behind`);
    await endProcess(running.pid, running.identity, graceMs);
  }
  await forgetProcess(file);
}
