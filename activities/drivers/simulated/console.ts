/** What a simulated guest writes to its console: a line for each thing that it notices. */
import { mostConsoleBytes, type ConsolePart } from '../driver.ts';
import { UnitFault } from '../../unit-fault.ts';
import { readEntries, type Entry } from './journal.ts';
import { journalDirectory } from './layout.ts';

/** What is noticed inside a guest, and what it says then. */
const lines: Readonly<Record<string, (entry: Entry) => readonly string[]>> = {
  'guest started': bootLines,
  'guest reset': bootLines,
  'guest rebooted by itself': bootLines,
  'guest shut down': () => ['reboot: Power down'],
  'guest resumed': () => ['PM: suspend exit'],
  'guest interrupted': () => ['NMI received for unknown reason'],
  'volumes plugged': ({ state }) => [`volumes: ${state.guest?.volumes.map(({ device }) => device).join(' ') ?? ''}`],
};

function bootLines({ state: { guest } }: Entry): string[] {
  if (guest === null) return [];
  const { bootCount, flavor, disk } = guest;
  return [`Booting from ${disk}`, `${flavor.vcpus} CPUs, ${flavor.memoryMb} MB, boot ${bootCount}`, 'login:'];
}

/** What the guest has written since it was defined. Raises GUEST_NOT_FOUND. */
export async function readGuestConsole(
  root: string,
  host: string,
  instanceId: string,
  from: number,
): Promise<ConsolePart> {
  const entries = await readEntries(journalDirectory(root, host, instanceId));
  if (!entries.at(-1)?.state.guest) throw new UnitFault('GUEST_NOT_FOUND', `${host} has no guest ${instanceId}`);
  const own = entries.slice(entries.findLastIndex(({ state }) => state.guest === null) + 1);
  const all = Buffer.from(
    own.flatMap((entry) => lines[entry.effect ?? '']?.(entry).map((line) => `[${entry.at}] ${line}\n`) ?? []).join(''),
  );
  const start = Math.max(from > all.length ? 0 : from, all.length - mostConsoleBytes);
  return { from: start, bytes: all.subarray(start) };
}
