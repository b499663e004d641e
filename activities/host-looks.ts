/** The looks of one host as Temporal activities. */
import type { HostLooks } from '../src/model/host-looks.ts';
import type { Driver } from './drivers/driver.ts';
import { toApplicationFailure } from './unit-failure.ts';

/** What goes through Temporal must be small: of a console, the newest part. */
const mostConsoleBytes = 64 * 1_024;

/** What the workers of a host register beside its units; they are started by themselves, without a workflow. */
export const hostLooks = (driver: Driver, host: string): HostLooks => ({
  async readConsole({ instanceId, lines }) {
    try {
      return newest(await driver.readConsole(instanceId), lines);
    } catch (error) {
      throw toApplicationFailure(error, { step: 'readConsole', host });
    }
  },
});

/** The newest lines of a text, and no more bytes than go through Temporal. */
export function newest(text: string, lines: number | null): string {
  const all = text.split('\n');
  const wanted = lines === null ? all : all.slice(-lines - (text.endsWith('\n') ? 1 : 0));
  const bytes = Buffer.from(wanted.join('\n'));
  if (bytes.length <= mostConsoleBytes) return bytes.toString();
  const part = bytes.subarray(-mostConsoleBytes);
  return part.subarray(part.indexOf('\n') + 1).toString();
}
