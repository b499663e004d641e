import type { MigrateInput } from './migrate.schema.ts';
import { move } from './move.ts';
import { needsOtherHost } from './where.ts';

export const migrate = move<'migrate', MigrateInput>(
  {
    name: 'migrate',
    purpose: 'Moves the instance to another host, switched off meanwhile; waits for confirmResize or revertResize.',
    allowedFrom: ['active', 'stopped'],
    refusal: needsOtherHost,
    describe: ({ host }) => (host === undefined ? '' : `to ${host}`),
  },
  ({ host }, { flavor }) => ({ flavor, ...(host !== undefined && { host }) }),
  'elsewhere',
);
