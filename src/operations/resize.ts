import { move } from './move.ts';
import type { ResizeInput } from './resize.schema.ts';
import { needsHost } from './where.ts';

export const resize = move<'resize', ResizeInput>(
  {
    name: 'resize',
    purpose: 'Gives the instance another flavor, on another host or the same; waits for confirmResize or revertResize.',
    allowedFrom: ['active', 'stopped'],
    refusal: ({ input, instance }) => {
      if (input.flavor.name === instance.flavor.name) return `the instance has the flavor ${input.flavor.name} already`;
      if (input.flavor.diskGb < instance.flavor.diskGb) {
        return `a disk cannot shrink: ${input.flavor.name} has ${input.flavor.diskGb} GB, the instance ${instance.flavor.diskGb} GB`;
      }
      return needsHost({ instance });
    },
    describe: ({ flavor }) => `to ${flavor.name}`,
  },
  ({ flavor, host }) => ({ flavor, ...(host !== undefined && { host }) }),
  'anywhere',
);
