/** What Prometheus is told of the API process. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Api } from './application.ts';
import { callerOf } from './authenticate.ts';
import { Forbidden } from './http-error.ts';
import { isAdmin } from '../authentication/caller.ts';

/** Seconds: from what a cached answer takes to what a client waits for at most. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const eventStreams = 'text/event-stream';

/** Measures every request, and adds `/metrics`, for admins: what is asked for here tells of all projects. */
export function addMetrics(api: Api): void {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer; streams of events are not among them',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [register],
  });
  const streams = new Gauge({
    name: 'http_event_streams',
    help: 'Streams of events that are open',
    registers: [register],
  });
  api.addHook('onSend', async (_request, reply) => {
    if (reply.getHeader('content-type') === eventStreams) streams.inc();
  });
  api.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    if (reply.getHeader('content-type') === eventStreams) {
      streams.dec();
      return;
    }
    const route = routeOptions.url ?? 'none';
    duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
  api.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!isAdmin(callerOf(request))) throw new Forbidden('metrics are for admins');
    return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await register.metrics());
  });
}
