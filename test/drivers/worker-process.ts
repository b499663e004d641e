/**
 * A process that delivers units to a simulated hypervisor, as a worker would: one that can be frozen and killed. Its
 * argument is an {@link Errand} in JSON; it says what happens in one JSON document per line.
 */
import { writeSync } from 'node:fs';
import { z } from 'zod';
import type { Driver, UnitContext } from '../../activities/drivers/driver.ts';
import { createDriver } from '../../activities/drivers/index.ts';
import { amend } from '../../activities/drivers/simulated/fencing.ts';
import { openJournal } from '../../activities/drivers/simulated/journal.ts';
import { journalDirectory } from '../../activities/drivers/simulated/layout.ts';
import { UnitFault } from '../../activities/unit-fault.ts';
import { deliver, disk, machine } from './deliveries.ts';

const acts = {
  createDisk: (driver: Driver, context: UnitContext) => driver.createDisk(disk, context),
  copyDisk: (driver: Driver, context: UnitContext) =>
    driver.copyDisk({ disk: 'root', toHost: 'beta', toDisk: 'copy', sizeGb: 40 }, context),
  startGuest: (driver: Driver, context: UnitContext) => driver.startGuest({}, context),
  hardRebootGuest: (driver: Driver, context: UnitContext) => driver.hardRebootGuest(machine, context),
};

const errandSchema = z.object({
  root: z.string(),
  latency: z.string(),
  attempt: z.int(),
  /** Carried out one after the other. */
  units: z.array(
    z.object({
      act: z.enum(['createDisk', 'copyDisk', 'startGuest', 'hardRebootGuest', 'freezeThenStart']),
      purpose: z.object({
        taskId: z.string(),
        operation: z.string(),
        step: z.string(),
        direction: z.enum(['run', 'undo', 'force', 'check']),
        instanceId: z.string(),
        generation: z.int(),
        sequence: z.int(),
      }),
    }),
  ),
});
export type Errand = z.infer<typeof errandSchema>;

export const lineSchema = z.union([
  z.object({ frozen: z.literal(true) }),
  z.object({ progress: z.number() }),
  z.object({ done: z.string() }),
  z.object({ fault: z.string(), step: z.string() }),
]);
export type Line = z.infer<typeof lineSchema>;

// Written at once, unlike what goes through a stream: the process may not live long.
const say = (line: Line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** Starts the guest, and freezes between the check of the fence and the effect. */
async function freezeThenStart(root: string, { purpose, fence, signal }: UnitContext): Promise<void> {
  const journal = openJournal(journalDirectory(root, 'alpha', purpose.instanceId));
  let frozen = false;
  const freezing = {
    ...journal,
    append: (...entry: Parameters<typeof journal.append>) => {
      if (!frozen) {
        frozen = true;
        say({ frozen });
        process.kill(process.pid, 'SIGSTOP');
      }
      return journal.append(...entry);
    },
  };
  await amend(freezing, { unit: 'startGuest', purpose, fence, signal }, 'done', (state) => ({
    effect: 'guest started by a stale attempt',
    state,
  }));
}

async function main(): Promise<void> {
  const { root, latency, attempt, units } = errandSchema.parse(JSON.parse(process.argv[2] ?? ''));
  const driver = createDriver('simulated', 'alpha', { root, latency: { default: latency } });
  for (const { act, purpose } of units) {
    const context = deliver(purpose, attempt, { progress: (share) => say({ progress: share }) });
    try {
      await (act === 'freezeThenStart' ? freezeThenStart(root, context) : acts[act](driver, context));
      say({ done: purpose.step });
    } catch (error) {
      if (!(error instanceof UnitFault)) throw error;
      say({ fault: error.code, step: purpose.step });
    }
  }
}

if (process.argv[1] === import.meta.filename) await main();
