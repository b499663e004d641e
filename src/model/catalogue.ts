import type { Flavor } from './instance.ts';

/** Nova's classic flavors, for whoever has configured none. */
export const defaultFlavors: readonly Flavor[] = [
  { name: 'm1.tiny', vcpus: 1, memoryMb: 512, diskGb: 1 },
  { name: 'm1.small', vcpus: 1, memoryMb: 2_048, diskGb: 20 },
  { name: 'm1.medium', vcpus: 2, memoryMb: 4_096, diskGb: 40 },
  { name: 'm1.large', vcpus: 4, memoryMb: 8_192, diskGb: 80 },
  { name: 'm1.xlarge', vcpus: 8, memoryMb: 16_384, diskGb: 160 },
];
