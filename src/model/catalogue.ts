/** What the operator offers: sizes, images and networks, under names and under ids that do not change. */
import type { Flavor } from './instance.ts';

/** A size on offer. */
export interface CatalogueFlavor extends Flavor {
  readonly id: string;
}

/** An image on offer. Instances know it by its name. */
export interface CatalogueImage {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  /** One that is queued has no content yet: nothing can be made from it. */
  readonly status: 'active' | 'queued';
  /** What a flavor must have at least. */
  readonly minMemoryMb: number;
  readonly minDiskGb: number;
}

/** A network that interfaces can be plugged into. */
export interface CatalogueNetwork {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  /** In CIDR notation; null where its addresses are nobody's business. */
  readonly subnet: string | null;
}

/** Nova's classic flavors, under its ids, for whoever has configured none. */
export const defaultFlavors: readonly CatalogueFlavor[] = [
  { id: '1', name: 'm1.tiny', vcpus: 1, memoryMb: 512, diskGb: 1 },
  { id: '2', name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 },
  { id: '3', name: 'm1.medium', vcpus: 2, memoryMb: 4_096, diskGb: 40 },
  { id: '4', name: 'm1.large', vcpus: 4, memoryMb: 8_192, diskGb: 80 },
  { id: '5', name: 'm1.xlarge', vcpus: 8, memoryMb: 16_384, diskGb: 160 },
];

/** The size itself, as instances carry it. */
export const sizeOf = ({ name, vcpus, memoryMb, diskGb }: Flavor): Flavor => ({ name, vcpus, memoryMb, diskGb });

/** The one of that name or id; a name wins over an id. */
export const findByNameOrId = <Offer extends { readonly id: string; readonly name: string }>(
  offers: readonly Offer[],
  nameOrId: string,
): Offer | undefined => offers.find(({ name }) => name === nameOrId) ?? offers.find(({ id }) => id === nameOrId);

/** Why nothing of that size can be made from the image, or null. */
export function misfit({ minMemoryMb, minDiskGb }: CatalogueImage, flavor: Flavor): 'memory' | 'disk' | null {
  if (flavor.memoryMb < minMemoryMb) return 'memory';
  return flavor.diskGb < minDiskGb ? 'disk' : null;
}
