/** The volume store. Each volume has a journal of its own, which the workers of all hosts write, for any instance. */
import { VolumeExists } from '../volume-exists.ts';
import { namesIn } from './files.ts';
import { openVolumeJournal, readVolumeEntries, type Entry } from './journal.ts';
import { volumeDirectory, volumesDirectory } from './layout.ts';
import type { Volume } from './state.ts';

/** Something that a unit of an instance did to a volume. */
export type VolumeEffect = Omit<Entry, 'effect' | 'state'> & { readonly volume: string; readonly effect: string };

/** Makes an empty volume. Throws {@link VolumeExists}, and a `RangeError` for what is no id. */
export async function createVolume(root: string, id: string, sizeGb: number): Promise<Volume> {
  const journal = openVolumeJournal(volumeDirectory(root, id));
  const volume: Volume = { sizeGb, contents: `empty ${id}`, instanceId: null, copiedBy: null, whole: true };
  for (;;) {
    const newest = await journal.newest();
    if (newest !== null && newest.entry.state.volume !== null) throw new VolumeExists(id);
    const made = await journal.append((newest?.number ?? 0) + 1, {
      version: 1,
      at: new Date().toISOString(),
      unit: 'outside',
      key: 'outside',
      fence: { generation: 0, sequence: 0, attempt: 0 },
      effect: 'volume created',
      outcome: 'done',
      state: { volume },
    });
    if (made) return volume;
  }
}

/** All volumes, by id. */
export async function readVolumes(root: string): Promise<(Volume & { readonly id: string })[]> {
  const all = await Promise.all(
    (await namesIn(volumesDirectory(root))).map(async (id) => {
      const newest = await openVolumeJournal(volumeDirectory(root, id)).newest();
      const volume = newest?.entry.state.volume ?? null;
      return volume === null ? [] : [{ id, ...volume }];
    }),
  );
  return all.flat();
}

/** All that units of an instance ever did to volumes, volume by volume. */
export async function readVolumeEffects(root: string, instanceId: string): Promise<VolumeEffect[]> {
  const journals = await Promise.all(
    (await namesIn(volumesDirectory(root))).map(async (volume) => {
      const entries = await readVolumeEntries(volumeDirectory(root, volume));
      return entries.flatMap(({ effect, state: _state, ...entry }) =>
        effect === null || entry.instanceId !== instanceId ? [] : [{ volume, ...entry, effect }],
      );
    }),
  );
  return journals.flat();
}
