import type { Root } from '../options.ts';

/** The group of commands `itask hosts`. */
export const createHostGroup = (root: Root) =>
  root
    .command('hosts')
    .description('the hosts: whether they serve, what is free, what they owe; drain and evacuate them');
export type HostGroup = ReturnType<typeof createHostGroup>;
