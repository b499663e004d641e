/** All guests of ours that a daemon has, in two calls however many there are. */
import { readdir } from 'node:fs/promises';
import type { HostedGuest } from '../driver.ts';
import { powerStateOf, type LibvirtHost } from './libvirt-host.ts';

const ours = /^Domain: 'instance-([0-9a-f-]{36})'$/;

/** Guests that somebody else has defined are left alone, and not told of. */
export async function listGuests(host: LibvirtHost): Promise<HostedGuest[]> {
  const [stats, saved] = await Promise.all([
    host.ask(['domstats', '--raw', '--state']),
    host.ask(['list', '--all', '--name', '--with-managed-save']),
  ]);
  const savedNames = new Set(saved.split('\n').map((line) => line.trim()));
  return stats.split(/\n(?=Domain: )/).flatMap((block) => {
    const [head = '', ...facts] = block.trim().split('\n');
    const instanceId = ours.exec(head.trim())?.[1];
    const state = facts.map((fact) => /^\s*state\.state=(\d+)/.exec(fact)?.[1]).find((found) => found !== undefined);
    const powerState = powerStateOf(state ?? '');
    if (instanceId === undefined || powerState === null) return [];
    const isSaved = powerState === 'SHUTDOWN' && savedNames.has(`instance-${instanceId}`);
    return [{ instanceId, powerState: isSaved ? 'SUSPENDED' : powerState }];
  });
}

/** Those that are whole. */
export async function listDisks(host: LibvirtHost, instanceId: string): Promise<string[]> {
  const files = await readdir(host.folder(instanceId)).catch(() => []);
  return files.flatMap((file) => /^([^.].*)\.qcow2$/.exec(file)?.[1] ?? []);
}
