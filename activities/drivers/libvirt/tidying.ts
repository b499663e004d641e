/**
 * What is left of instances that have gone: locks, fences and notes. They stay for as long as something that is late may
 * still come for them, and no longer.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ended } from './commands.ts';
import { faultIn } from './faults.ts';
import { domainName, isPlainName } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import { scripted, tidied } from './scripts.ts';

/** No task is delivered for so long. */
const keptDays = 7;

/** Removes the folders of instances that have nothing here any more, and of which nothing was heard for a week. */
export async function tidy(host: LibvirtHost): Promise<void> {
  const { directory } = host.options;
  const listed = await host.ask(['list', '--all', '--name']);
  const domains = new Set(listed.split('\n').map((line) => line.trim()));
  for (const name of await folders(directory)) {
    if (domains.has(domainName(name))) continue;
    const command = scripted(tidied, join(directory, name), String(keptDays * 24 * 60));
    const { exitCode, stderr } = await ended(command);
    if (exitCode !== 0) throw faultIn('tidying', stderr);
  }
}

async function folders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() && isPlainName(entry.name) ? [entry.name] : []));
}
