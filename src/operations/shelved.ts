/** What the operations on shelved instances say of them. */
import type { InstanceRecord, Shelved } from '../model/instance.ts';
import type { OfInstance } from './where.ts';

/** What the instance comes back from. Throws when there is nothing: the declarations refuse such instances. */
export function shelvedOf({ id, shelved }: InstanceRecord): Shelved {
  if (!shelved) throw new Error(`instance ${id} is not shelved`);
  return shelved;
}

/** Refusal of an operation that needs the image of a shelved instance. */
export const needsShelvedImage = ({ instance }: OfInstance): string | null =>
  instance.shelved ? null : 'there is no image that it was shelved to';

/** Whether the instance has been taken from its host. */
export const isOffloaded = ({ instance }: OfInstance): boolean => instance.residence === null;

/** A host that can be asked about images and volumes: its own, or the one that it was shelved on. */
export const hostForStores = ({ instance }: OfInstance): string => instance.residence?.host ?? shelvedOf(instance).host;
