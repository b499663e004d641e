/** Live migration: the one act of simulated hypervisors that has two journals. See `migration-states.ts` for its order. */
import type { GuestMigration, GuestReport, MigrationReport } from '../../../src/operations/units/index.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { unchanged } from './behaviour.ts';
import { admit } from './fencing.ts';
import { createJson, exists } from './files.ts';
import { reportOf } from './guests.ts';
import { forcedMigrationFile } from './layout.ts';
import { copyMemory } from './memory-copy.ts';
import * as states from './migration-states.ts';
import { perform, type Execution, type Hypervisor } from './perform.ts';
import { sleep } from './pace.ts';
import { isPresent } from './presence.ts';
import { nothingThere, type InstanceState } from './state.ts';

type MigrationUnit = 'liveMigrateGuest' | 'abortLiveMigration';

type Act<Input, Output> = (input: Input, context: UnitContext) => Promise<Output>;

/** For so many milliseconds a host that does not answer is waited for. */
const patience = 10_000;

/** Both halves of a unit. Rules for its host strike the half at the source, rules for the destination the other one. */
interface Halves {
  readonly source: Execution;
  readonly destination: Execution;
  readonly stateAtSource: () => Promise<InstanceState>;
}

async function halvesOf(hypervisor: Hypervisor, unit: MigrationUnit, toHost: string, context: UnitContext) {
  const { instanceId } = context.purpose;
  const journal = hypervisor.journal(instanceId);
  const there = { ...hypervisor, host: toHost };
  const halves: Halves = {
    source: await perform(hypervisor, unit, context, journal),
    destination: await perform(there, unit, context, hypervisor.journal(instanceId, toHost)),
    stateAtSource: async () => (await journal.newest())?.entry.state ?? nothingThere,
  };
  return halves;
}

/** Copies the memory of the guest while it runs, and has it change over. A later attempt carries on what it finds. */
export const migrating =
  (hypervisor: Hypervisor): Act<GuestMigration, GuestReport> =>
  async (migration, context) => {
    const halves = await halvesOf(hypervisor, 'liveMigrateGuest', migration.toHost, context);
    const { source, destination } = halves;
    await source.begin();
    const { state, done } = await destination.begin();
    const end = done ? state : await changeOver(hypervisor, halves, migration, context, state.guest?.incoming === true);
    await sayAcross(context);
    await source.finish(states.leave);
    return reportOf(end);
  };

/** `begun`: an earlier attempt has come so far that the guest is expected at the destination. */
async function changeOver(
  hypervisor: Hypervisor,
  { source, destination, stateAtSource }: Halves,
  migration: GuestMigration,
  context: UnitContext,
  begun: boolean,
): Promise<InstanceState> {
  await source.partly((state) => {
    if (!begun) states.leavable(state, migration);
    return unchanged(state);
  });
  await destination.partly(async (state) =>
    state.guest?.incoming ? unchanged(state) : states.expect(state, await stateAtSource(), migration),
  );
  await source.hang();
  await copyMemory(await stateAtSource(), {
    latency: source.latency,
    context,
    pace: () => source.memoryPace(),
    isForced: () => exists(forcedMigrationFile(hypervisor.options.root, hypervisor.host, context.purpose.taskId)),
    hold: () => source.partly(states.hold),
    observe: connectionTo(hypervisor, migration.toHost),
  });
  await source.partly(states.hold);
  await sayAcross(context);
  return destination.finish(async (state) => states.arrive(state, await stateAtSource(), migration));
}

/** What one host does is heard of on the other a moment later: their journals, laid side by side, show what came first. */
const sayAcross = ({ signal }: UnitContext): Promise<void> => sleep(2, signal);

/** Looks whether the other host answers. Raises HYPERVISOR_ERROR when it has not for a while: a worker may be restarted. */
function connectionTo({ options }: Hypervisor, host: string): () => Promise<boolean> {
  let heardAt = Date.now();
  return async () => {
    const answers = await isPresent(options.root, host);
    if (answers) heardAt = Date.now();
    if (Date.now() - heardAt < patience) return answers;
    throw new UnitFault('HYPERVISOR_ERROR', `${host} has closed the connection`, {
      remark: 'The host that the instance was to move to does not answer.',
    });
  };
}

/** Turns the guest away where it has not arrived, and only then has it go on where it was. */
export const aborting =
  (hypervisor: Hypervisor): Act<GuestMigration, MigrationReport> =>
  async (migration, context) => {
    const { source, destination } = await halvesOf(hypervisor, 'abortLiveMigration', migration.toHost, context);
    await source.begin();
    const { state, done } = await destination.begin();
    const there = done ? state : await destination.finish(states.turnAway);
    const arrived = states.hasArrived(there);
    await sayAcross(context);
    const here = await source.conclude((current) => (arrived ? unchanged(current) : states.goOn(current)));
    return { ...reportOf(arrived ? there : here), arrived };
  };

/** Leaves the mark. The fence is only looked at: an entry would shut out the migration itself. */
export const forcing =
  (hypervisor: Hypervisor): Act<unknown, unknown> =>
  async (_input, context) => {
    const { purpose, fence, signal } = context;
    const delivery = { unit: 'forceCompleteLiveMigration', purpose, fence, signal };
    await admit(hypervisor.journal(purpose.instanceId), delivery);
    await createJson(forcedMigrationFile(hypervisor.options.root, hypervisor.host, purpose.taskId), {});
    return {};
  };
