import { open, stat } from 'node:fs/promises';
import { mostConsoleBytes, type ConsolePart } from '../driver.ts';
import { UnitFault } from '../../unit-fault.ts';
import { consoleFile } from './layout.ts';
import type { LibvirtHost } from './libvirt-host.ts';

/** What the guest has written to its serial console since it was made. Raises GUEST_NOT_FOUND. */
export async function readConsole(host: LibvirtHost, instanceId: string, from: number): Promise<ConsolePart> {
  const file = consoleFile(host.options.directory, instanceId);
  // Nothing new: the daemon need not be asked.
  if (from > 0 && (await sizeOf(file)) === from) return { from, bytes: new Uint8Array() };
  if ((await host.look(instanceId)) === null) {
    throw new UnitFault('GUEST_NOT_FOUND', `${host.name} has no guest of this instance`);
  }
  const size = await sizeOf(file);
  const start = Math.max(from > size ? 0 : from, size - mostConsoleBytes);
  return { from: start, bytes: await readBytes(file, start, size - start) };
}

/** One that was never started has written nothing. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function readBytes(file: string, start: number, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
