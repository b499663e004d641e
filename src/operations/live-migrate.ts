import { operation, type TaskContext } from '../model/operation.ts';
import { claim, claimedHost, newDisk, newHome, plug } from './arrival-steps.ts';
import { leaving } from './departure-steps.ts';
import type { LiveMigrateInput } from './live-migrate.schema.ts';
import { migrateTo, prepareDiskOn } from './migration-steps.ts';
import { hostOf, needsOtherHost, residenceOf } from './where.ts';

const taskState = 'migrating';
const scheduling = { taskState, event: 'conductor_live_migrate_instance' } as const;
const preparing = { taskState, event: 'compute_pre_live_migration' } as const;
const migrating = { taskState, event: 'compute_live_migration' } as const;

const left = leaving(migrating, ({ instance }) => residenceOf(instance));

export const liveMigrate = operation<LiveMigrateInput>()({
  name: 'liveMigrate',
  purpose: 'Moves the instance to another host while it runs.',
  allowedFrom: ['active', 'paused'],
  refusal: needsOtherHost,
  describe: ({ host }) => (host === undefined ? '' : `to ${host}`),
})
  .step(
    'claim',
    claim(scheduling, ({ input: { host }, instance }: TaskContext<LiveMigrateInput>) => ({
      flavor: instance.flavor,
      from: hostOf({ instance }),
      exclude: hostOf({ instance }),
      ...(host !== undefined && { host }),
    })),
  )
  .step('plug', plug(preparing, claimedHost))
  .step('prepareDisk', prepareDiskOn(preparing, claimedHost, newDisk))
  .step('migrate', migrateTo(migrating, newDisk))
  .step('destroyOld', left.destroy)
  .step('unplugOld', left.unplug)
  .step('removeOldDisk', left.removeDisk)
  .step('releaseOld', left.release)
  .commits(['active', 'paused'], (context) => ({
    vmState: context.instance.vmState === 'paused' ? 'paused' : 'active',
    powerState: context.migrate.powerState,
    residence: newHome(context),
  }));
