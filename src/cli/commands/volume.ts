import { Option } from '@commander-js/extra-typings';
import type { Root } from '../options.ts';
import { wholeNumber } from '../options.ts';
import { inSession } from '../session.ts';
import { openVolumeStore, volumeStoreNames } from '../volume-stores.ts';

const driver = () =>
  new Option('--driver <name>', 'whose volumes, where there are hosts of both drivers').choices(volumeStoreNames);

/** `itask volume`: there is no volume service beside the hypervisors, so that volumes are made here. */
export function addVolume(root: Root): void {
  const group = root.command('volume').description('volumes of the hosts, to be attached to instances');

  group
    .command('create')
    .description('make an empty volume')
    .argument('<id>', 'what it is attached by')
    .requiredOption('--size <gigabytes>', 'how large it is', wholeNumber(1))
    .addOption(driver())
    .action((id, options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const { size } = options;
        const store = await openVolumeStore(await session.requireConfiguration(), options.driver);
        await store.create(id, size);
        session.output.print({ id, size_gb: size, instance_id: null }, () => `There is an empty volume ${id} now.`);
      }),
    );

  group
    .command('list')
    .description('all volumes, and whose they are')
    .addOption(driver())
    .action((options, command) =>
      inSession(command.optsWithGlobals(), async (session) => {
        const store = await openVolumeStore(await session.requireConfiguration(), options.driver);
        const [{ volumeTable }, volumes] = await Promise.all([import('../text/volumes.ts'), store.list()]);
        const represented = volumes.map(({ id, sizeGb, instanceId }) => ({
          id,
          size_gb: sizeGb,
          instance_id: instanceId,
        }));
        session.output.print(represented, () => volumeTable(represented, session.output.colors));
      }),
    );
}
