import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';

/** OpenTelemetry's parts of workers and clients. */
export interface Tracing {
  readonly client: WorkflowClientInterceptor;
  readonly activity: NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']>[number];
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
}

/**
 * Tracing as OpenTelemetry's environment asks for it: on when OTEL_EXPORTER_OTLP_ENDPOINT is set, spans go there.
 * Null when it is not: then workers run a bundle without interceptors, which costs less.
 */
export function startTracing(env: NodeJS.ProcessEnv = process.env): Tracing | null {
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT'] && !env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) return null;
  const resource = new Resource({ 'service.name': env['OTEL_SERVICE_NAME'] ?? 'instance-tasks' });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    client: new OpenTelemetryWorkflowClientInterceptor(),
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    close: () => provider.shutdown(),
  };
}
