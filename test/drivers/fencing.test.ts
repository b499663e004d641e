import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Driver } from '../../activities/drivers/driver.ts';
import { amend, begin } from '../../activities/drivers/simulated/fencing.ts';
import { readEntries, type Entry, type Journal } from '../../activities/drivers/simulated/journal.ts';
import { journalDirectory } from '../../activities/drivers/simulated/layout.ts';
import { nothingThere } from '../../activities/drivers/simulated/state.ts';
import { compareFences, type Fence } from '../../src/model/unit.ts';
import { deliver, disk, machine, TaskUnits } from './deliveries.ts';
import { simulatedFleet, type SimulatedFleet } from './simulated-fleet.ts';

describe('The journal of an instance', () => {
  let fleet: SimulatedFleet;
  let driver: Driver;
  let units: TaskUnits;
  const entries = () => readEntries(journalDirectory(fleet.root, 'alpha', units.instanceId));

  beforeEach(async () => {
    fleet = await simulatedFleet();
    driver = fleet.driver('alpha');
    units = new TaskUnits();
  });
  afterEach(() => fleet.dispose());

  test('gets one entry for each unit, whether it had something to do or not', async () => {
    await driver.plugNetwork({}, deliver(units.next()));
    await driver.plugNetwork({}, deliver(units.next()));
    await driver.inspectGuest({}, deliver(units.next()));
    expect(await entries()).toMatchObject([
      { effect: 'port bound', outcome: 'done', state: { port: true } },
      { effect: null, outcome: 'done', fence: { sequence: 2 } },
      { effect: null, outcome: 'done', fence: { sequence: 3 } },
    ]);
  });

  test('gets an entry for a refusal, which is decided anew when the unit comes again', async () => {
    const start = units.next();
    await expect(driver.startGuest({}, deliver(start))).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
    await expect(driver.startGuest({}, deliver(start))).rejects.toMatchObject({ code: 'GUEST_NOT_FOUND' });
    expect(await entries()).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
  });

  test('is written by a retry before the retry does its work, so that the attempt before it is shut out', async () => {
    const slow = await simulatedFleet({ default: '5s' });
    const purpose = units.next();
    const cancelling = new AbortController();
    const retry = slow.driver('alpha').createDisk(
      disk,
      deliver(purpose, 2, {
        signal: cancelling.signal,
        progress: () => {
          cancelling.abort(new Error('seen'));
        },
      }),
    );
    await expect(retry).rejects.toThrow('seen');
    expect(await readEntries(journalDirectory(slow.root, 'alpha', units.instanceId))).toMatchObject([
      { effect: null, outcome: 'open', fence: { attempt: 2 } },
    ]);
    await expect(slow.driver('alpha').createDisk(disk, deliver(purpose, 1))).rejects.toMatchObject({
      code: 'STALE_ATTEMPT',
    });
    await slow.dispose();
  });

  test('takes a repetition of an undo by a later task for a unit of its own that finds nothing to do', async () => {
    await driver.createDisk(disk, deliver(units.next('disk')));
    const undo = units.next('disk', 'undo');
    await driver.removeDisk({ disk: 'root' }, deliver(undo));
    await driver.removeDisk({ disk: 'root' }, deliver({ ...undo, generation: 2, sequence: 1 }));
    expect((await entries()).map(({ effect }) => effect)).toEqual(['disk created', 'disk removed', null]);
  });

  test('boots a guest once for a hard reboot that a later task repeats', async () => {
    await driver.createDisk(disk, deliver(units.next()));
    const reboot = units.next();
    await driver.hardRebootGuest(machine, deliver(reboot));
    await driver.hardRebootGuest(machine, deliver({ ...reboot, generation: 2, sequence: 1 }));
    expect((await entries()).at(-1)).toMatchObject({ effect: null, state: { guest: { bootCount: 1 } } });
  });

  test('refuses two units that have one fence: the mistake would otherwise make both unsafe', async () => {
    const purpose = units.next();
    await driver.plugNetwork({}, deliver(purpose));
    const other = { ...purpose, step: 'other' };
    await expect(driver.unplugNetwork({}, deliver(other))).rejects.toThrow('has the generation and sequence of');
  });

  test('has the numbers 1, 2, 3 … as files, each with the whole state, and nothing else', async () => {
    for (let i = 0; i < 40; i++) await driver.plugNetwork({}, deliver(units.next()));
    const directory = journalDirectory(fleet.root, 'alpha', units.instanceId);
    const names = (await readdir(directory)).sort();
    expect(names).toEqual(Array.from({ length: 40 }, (_, i) => `${String(i + 1).padStart(8, '0')}.json`));
    expect(JSON.parse(await readFile(`${directory}/00000040.json`, 'utf8'))).toMatchObject({ state: { port: true } });
  });
});

/** A journal in memory whose every access waits for its turn. */
function scheduledJournal(scheduler: fc.Scheduler): Journal & { readonly entries: readonly Entry[] } {
  const entries: Entry[] = [];
  return {
    entries,
    initial: nothingThere,
    shared: false,
    read: async (number) => entries[number - 1] ?? null,
    async newest() {
      await scheduler.schedule(Promise.resolve(), 'newest');
      const entry = entries.at(-1);
      return entry === undefined ? null : { number: entries.length, entry };
    },
    async append(number, entry) {
      await scheduler.schedule(Promise.resolve(), 'append');
      if (number !== entries.length + 1) return false;
      entries.push(entry);
      return true;
    },
  };
}

const fences = fc.record({ generation: fc.nat(2), sequence: fc.nat(2), attempt: fc.integer({ min: 1, max: 3 }) });

describe('Whatever the order in which deliveries look and write', () => {
  test('fences never decrease, each unit has its effect at most once, and the newest delivery prevails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fences, { minLength: 1, maxLength: 8 }), async (scheduler, sent) => {
        const journal = scheduledJournal(scheduler);
        const ended = Promise.allSettled(sent.map((fence) => startOnce(journal, fence)));
        await scheduler.waitFor(ended);
        const outcomes = await ended;

        const { entries } = journal;
        entries.forEach(({ fence }, i) => expect(compareFences(fence, entries[i - 1]?.fence ?? fence) >= 0).toBe(true));
        const done = entries.filter(({ outcome }) => outcome === 'done').map(({ key }) => key);
        expect(done).toEqual([...new Set(done)]);
        const newest = sent.toSorted(compareFences).at(-1);
        sent.forEach((fence, i) => {
          if (newest && compareFences(fence, newest) === 0) expect(outcomes[i]?.status).toBe('fulfilled');
        });
      }),
      { numRuns: 300 },
    );
  });

  test('the order of fences is total: by task, by unit, by attempt', () => {
    fc.assert(
      fc.property(fences, fences, fences, (a, b, c) => {
        expect(Math.sign(compareFences(a, b))).toBe(-Math.sign(compareFences(b, a)) + 0);
        if (compareFences(a, b) <= 0 && compareFences(b, c) <= 0) expect(compareFences(a, c)).toBeLessThanOrEqual(0);
        if (compareFences(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });
});

async function startOnce(journal: Journal, fence: Fence): Promise<void> {
  const { generation, sequence } = fence;
  const purpose = {
    ...new TaskUnits('instance', generation).next(),
    taskId: String(generation),
    step: String(sequence),
    sequence,
  };
  const delivery = { unit: 'plugNetwork', purpose, fence, signal: new AbortController().signal };
  if ((await begin(journal, delivery)).done) return;
  await amend(journal, delivery, 'done', (state) => ({ effect: 'port bound', state: { ...state, port: true } }));
}
