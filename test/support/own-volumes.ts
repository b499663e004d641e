/** Volumes that inputs name: each instance gets volumes of its own under those names. */

type Input = Readonly<Record<string, unknown>>;

/** How a volume is called that was made for this owner. */
export const ownVolume = (owner: string, volume: string): string => `${owner}-${volume}`;

const namesVolume = (key: string, value: unknown): value is string => typeof value === 'string' && /volume$/i.test(key);

/** The names in an input that stand for volumes. */
export const volumesIn = (input: Input): string[] =>
  Object.entries(input).flatMap(([key, value]) => (namesVolume(key, value) ? [value] : []));

/** The same input with the owner's volumes in the place of those names. */
export const withOwnVolumes = <Value>(
  input: Readonly<Record<string, Value>>,
  owner: string,
): Record<string, Value | string> =>
  Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, namesVolume(key, value) ? ownVolume(owner, value) : value]),
  );
