/** The volume stores of a configuration: one of all simulated hosts, one of all with libvirt. */
import type { Configuration } from '../dev/configuration.ts';
import { UsageError } from './usage-error.ts';

export const volumeStoreNames = ['simulated', 'libvirt'] as const;
export type VolumeStoreName = (typeof volumeStoreNames)[number];

export interface VolumeStore {
  /** Makes an empty volume. Throws a {@link UsageError} where there is one, and for what is no id. */
  create(id: string, sizeGb: number): Promise<void>;
  list(): Promise<readonly { readonly id: string; readonly sizeGb: number; readonly instanceId: string | null }[]>;
}

/** The store that is meant, or the only one that there is. Throws a {@link UsageError}. */
export async function openVolumeStore(
  configuration: Configuration,
  meant: VolumeStoreName | undefined,
): Promise<VolumeStore> {
  const { simulatedDirectory, hosts, file } = configuration;
  const libvirt = hosts.find((host) => host.driver === 'libvirt')?.driverOptions.volumes ?? null;
  const folders = { simulated: simulatedDirectory, libvirt };
  const [only, other] = volumeStoreNames.filter((name) => folders[name] !== null);
  if (meant === undefined && other !== undefined) {
    throw new UsageError(
      `${file} has simulated hosts and such with libvirt: say whose volumes are meant with --driver`,
    );
  }
  const name = meant ?? only;
  const folder = name === undefined ? null : folders[name];
  if (name === undefined || folder === null) throw new UsageError(`${file} has no host with ${meant ?? 'volumes'}`);
  const store = await (name === 'simulated'
    ? import('../../activities/drivers/simulated/volume-store.ts')
    : import('../../activities/drivers/libvirt/new-volumes.ts'));
  const { VolumeExists } = await import('../../activities/drivers/volume-exists.ts');
  return {
    list: () => store.readVolumes(folder),
    async create(id, sizeGb) {
      try {
        await store.createVolume(folder, id, sizeGb);
      } catch (error) {
        const isWrong = error instanceof VolumeExists || error instanceof RangeError;
        throw isWrong ? new UsageError(error.message) : error;
      }
    },
  };
}
