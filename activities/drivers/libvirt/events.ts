/** What libvirt tells by itself of its guests. */
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { LibvirtHost } from './libvirt-host.ts';

/** It ends by itself, so that one whose worker was killed does not stay; nobody notices but who looks at processes. */
const listenSeconds = 60;
/** A daemon that is away is tried again. */
const retryMs = 1_000;

/**
 * Calls `onNews` for each event in the life of a guest, whoever's it is, and each time that events may have been missed:
 * at the start, and when the daemon was away. Ends when the signal is aborted.
 */
export async function watchGuests(host: LibvirtHost, onNews: () => void, signal: AbortSignal): Promise<void> {
  const [virsh, ...words] = host.virsh('event', '--event', 'lifecycle', '--loop', '--timeout', String(listenSeconds));
  while (!signal.aborted) {
    const listening = execa(virsh, words, {
      env: { LC_ALL: 'C' },
      stdin: 'ignore',
      stderr: 'ignore',
      buffer: false,
      reject: false,
      cancelSignal: signal,
    });
    for await (const line of listening) if (line.startsWith('event ')) onNews();
    const { exitCode } = await listening;
    onNews();
    if (exitCode !== 0) await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}
