import { z } from 'zod';
import type { InstanceTasks } from '../client/client.ts';
import type { Api } from './application.ts';

const open = { public: true } as const;
const healthSchema = z.object({ status: z.enum(['ok', 'unreachable']) });

/** `/healthz`: the process answers. `/readyz`: it reaches Temporal, too, and may be sent requests. */
export function addHealth(api: Api, client: InstanceTasks): void {
  api.get('/healthz', { config: open, schema: { response: { 200: healthSchema } } }, async () => ({
    status: 'ok' as const,
  }));
  api.get(
    '/readyz',
    { config: open, schema: { response: { 200: healthSchema, 503: healthSchema } } },
    async (_, reply) => {
      const isReachable = await client.isReachable();
      return reply.code(isReachable ? 200 : 503).send({ status: isReachable ? 'ok' : 'unreachable' });
    },
  );
}
