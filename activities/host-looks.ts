/** The looks of one host as Temporal activities. */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { ConsoleFollowUp, ConsoleNews, HostLooks } from '../src/model/host-looks.ts';
import { mostConsoleBytes, type Driver } from './drivers/driver.ts';
import { toApplicationFailure } from './unit-failure.ts';

/** A guest that is silent is waited for: one look in ten seconds instead of one each second. */
const patienceMs = 10_000;
const glanceMs = 500;
/** Looks that wait take the place of units; beyond so many they do not wait. */
const mostWaiting = 10;

/** What the workers of a host register beside its units; they are started by themselves, without a workflow. */
export function hostLooks(driver: Driver, host: string): HostLooks {
  let waiting = 0;
  async function news({ instanceId, from }: ConsoleFollowUp): Promise<ConsoleNews> {
    const { cancellationSignal: signal } = Context.current();
    const end = Date.now() + (waiting > mostWaiting ? 0 : patienceMs);
    for (;;) {
      const part = await driver.readConsole(instanceId, from);
      const bytes = wholeCharacters(part.bytes);
      if (bytes.length > 0 || part.from !== from || Date.now() >= end) {
        return { from: part.from, next: part.from + bytes.length, text: Buffer.from(bytes).toString() };
      }
      await delay(glanceMs, undefined, { signal });
    }
  }
  /** Failures as Temporal takes them. */
  const looking = async <Seen>(step: string, look: () => Promise<Seen>): Promise<Seen> => {
    try {
      return await look();
    } catch (error) {
      throw toApplicationFailure(error, { step, host });
    }
  };
  return {
    readConsole: ({ instanceId, lines }) =>
      looking('readConsole', async () => {
        const { from, bytes } = await driver.readConsole(instanceId, 0);
        const text = Buffer.from(bytes).toString();
        return newest(from === 0 ? text : text.slice(text.indexOf('\n') + 1), lines);
      }),
    followConsole: (request) =>
      looking('followConsole', async () => {
        waiting += 1;
        return news(request).finally(() => (waiting -= 1));
      }),
    describeGuest: (instanceId) => looking('describeGuest', () => driver.describeGuest(instanceId)),
  };
}

/** The newest lines of a text, and no more bytes than go through Temporal. */
export function newest(text: string, lines: number | null): string {
  const all = text.split('\n');
  const wanted = lines === null ? all : all.slice(-lines - (text.endsWith('\n') ? 1 : 0));
  const bytes = Buffer.from(wanted.join('\n'));
  if (bytes.length <= mostConsoleBytes) return bytes.toString();
  const part = bytes.subarray(-mostConsoleBytes);
  return part.subarray(part.indexOf('\n') + 1).toString();
}

/** Without a last character of which more bytes are to come: UTF-8 says in the first byte how many there are. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
