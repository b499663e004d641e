/** No guest ever runs twice, and none is lost: told from the journals of all hosts. */
import { expect } from '@jest/globals';
import type { Effect } from '../../activities/drivers/simulated/reading.ts';
import type { Fleet } from './fleet.ts';

/** The effects, of one instance and oldest first, after which two of its guests ran, or none was left. */
export function momentsWithoutOneGuest(journal: readonly Effect[]): string[] {
  const guests = new Map<string, string>();
  let defined = false;
  return journal.flatMap(({ host, effect, key, state }) => {
    if (state.guest === null) guests.delete(host);
    else guests.set(host, state.guest.powerState);
    const running = [...guests.values()].filter((powerState) => powerState === 'RUNNING').length;
    defined ||= guests.size > 0;
    const isOne = running <= 1 && (!defined || guests.size > 0);
    return isOne ? [] : [`${key}: ${effect} on ${host}, and ${running} of ${guests.size} guests run`];
  });
}

/** Expects that at no moment of the instance's life two of its guests ran, and that it always had one. */
export async function expectOneGuestThroughout(fleet: Fleet, instanceId: string): Promise<void> {
  expect(momentsWithoutOneGuest(await fleet.hypervisors.journal(instanceId))).toEqual([]);
}
