/** What the simulated hypervisors have and did, for tests and for people. Reading disturbs nothing. */
import { namesIn } from './files.ts';
import { openImageJournal, openJournal, readEntries, readImageEntries, type Entry } from './journal.ts';
import { hostsDirectory, imageDirectory, imagesDirectory, instancesDirectory, journalDirectory } from './layout.ts';
import { isNothing, nothingThere, type Guest, type Image, type InstanceState } from './state.ts';

interface Place {
  readonly host: string;
  readonly instanceId: string;
}

/** Something that happened to an instance on a host. */
export type Effect = Place & Omit<Entry, 'effect'> & { readonly effect: string };

/** Something that happened to an image. */
export type ImageEffect = Omit<Entry, 'effect' | 'state'> & { readonly image: string; readonly effect: string };

/** All effects, of one host or instance where given, in the order in which they happened. */
export async function readJournal(root: string, host?: string, instanceId?: string): Promise<Effect[]> {
  const journals = await Promise.all(
    (await placesIn(root, host, instanceId)).map(async (place) => {
      const entries = await readEntries(journalDirectory(root, place.host, place.instanceId));
      return entries.flatMap((entry) => (entry.effect === null ? [] : [{ ...place, ...entry, effect: entry.effect }]));
    }),
  );
  // Times never decrease within a journal, and the sort keeps the order of equal ones.
  return journals.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What a host has of each instance that it has anything of. */
export async function readInstances(root: string, host: string): Promise<(Place & InstanceState)[]> {
  const all = await Promise.all(
    (await placesIn(root, host)).map(async (place) => {
      const newest = await openJournal(journalDirectory(root, host, place.instanceId)).newest();
      return { ...place, ...(newest?.entry.state ?? nothingThere) };
    }),
  );
  return all.filter((state) => !isNothing(state));
}

/** The guests of a host. */
export async function readGuests(root: string, host: string): Promise<(Place & Guest)[]> {
  const instances = await readInstances(root, host);
  return instances.flatMap(({ instanceId, guest }) => (guest === null ? [] : [{ host, instanceId, ...guest }]));
}

/** The images that the store has, whole ones and those that are being uploaded. */
export async function readImages(root: string): Promise<(Image & { readonly id: string })[]> {
  const all = await Promise.all(
    (await namesIn(imagesDirectory(root))).map(async (id) => {
      const newest = await openImageJournal(imageDirectory(root, id)).newest();
      const image = newest?.entry.state.image ?? null;
      return image === null ? [] : [{ id, ...image }];
    }),
  );
  return all.flat();
}

/** All that was ever done to images that were made from an instance, image by image. */
export async function readImageEffects(root: string, instanceId: string): Promise<ImageEffect[]> {
  const journals = await Promise.all(
    (await namesIn(imagesDirectory(root))).map(async (image) => {
      const entries = await readImageEntries(imageDirectory(root, image));
      if (!entries.some(({ state }) => state.image?.instanceId === instanceId)) return [];
      return entries.flatMap(({ effect, state: _state, ...entry }) =>
        effect === null ? [] : [{ image, ...entry, effect }],
      );
    }),
  );
  return journals.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function placesIn(root: string, host?: string, instanceId?: string): Promise<Place[]> {
  const hosts = host === undefined ? await namesIn(hostsDirectory(root)) : [host];
  const places = await Promise.all(
    hosts.map(async (name) => {
      const instances = await namesIn(instancesDirectory(root, name));
      return instances.map((id) => ({ host: name, instanceId: id }));
    }),
  );
  return places.flat().filter((place) => instanceId === undefined || place.instanceId === instanceId);
}
