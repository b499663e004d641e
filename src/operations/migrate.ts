import type { MigrateInput } from './migrate.schema.ts';
import { move } from './move.ts';
import { needsHost } from './where.ts';

export const migrate = move<'migrate', MigrateInput>(
  {
    name: 'migrate',
    purpose: 'Moves the instance to another host, switched off meanwhile; waits for confirmResize or revertResize.',
    allowedFrom: ['active', 'stopped'],
    refusal: ({ input, instance }) =>
      input.host !== undefined && input.host === instance.residence?.host
        ? `the instance is on ${input.host} already`
        : needsHost({ instance }),
    describe: ({ host }) => (host === undefined ? '' : `to ${host}`),
  },
  ({ host }, { flavor }) => ({ flavor, ...(host !== undefined && { host }) }),
  'elsewhere',
);
