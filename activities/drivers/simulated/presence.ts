/**
 * Whether a simulated host is there for the others. Its guests and disks outlive its workers; but to another host that
 * talks to it, it is gone when the last of them is, as a machine is that has lost its power.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from './files.ts';
import { workersDirectory } from './layout.ts';

/** This process serves the host from now on. */
export function announce(root: string, host: string): void {
  const directory = workersDirectory(root, host);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, String(process.pid)), '');
}

/** Whether any process that serves the host lives. */
export async function isPresent(root: string, host: string): Promise<boolean> {
  return (await namesIn(workersDirectory(root, host))).some((name) => lives(Number(name)));
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
