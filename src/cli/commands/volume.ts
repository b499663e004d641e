import type { Root } from '../options.ts';
import { wholeNumber } from '../options.ts';
import { inSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** `itask volume`: there is no volume service beside the simulated hypervisors, so that their volumes are made here. */
export function addVolume(root: Root): void {
  const group = root.command('volume').description('volumes of the simulated hosts, to be attached to instances');

  group
    .command('create')
    .description('make an empty volume')
    .argument('<id>', 'what it is attached by')
    .requiredOption('--size <gigabytes>', 'how large it is', wholeNumber(1))
    .action((id, { size }, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const directory = await session.requireSimulation();
        const { createVolume, VolumeExists } = await import('../../../activities/drivers/simulated/volume-store.ts');
        try {
          await createVolume(directory, id, size);
        } catch (error) {
          throw error instanceof VolumeExists || error instanceof RangeError ? new UsageError(error.message) : error;
        }
        session.output.print({ id, size_gb: size, instance_id: null }, () => `There is an empty volume ${id} now.`);
      }),
    );

  group
    .command('list')
    .description('all volumes, and whose they are')
    .action((_options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const directory = await session.requireSimulation();
        const [{ readVolumes }, { volumeTable }] = await Promise.all([
          import('../../../activities/drivers/simulated/volume-store.ts'),
          import('../text/volumes.ts'),
        ]);
        const volumes = await readVolumes(directory);
        const represented = volumes.map(({ id, sizeGb, instanceId }) => ({
          id,
          size_gb: sizeGb,
          instance_id: instanceId,
        }));
        session.output.print(represented, () => volumeTable(represented, session.output.colors));
      }),
    );
}
