/** Workers, for whoever runs them in a process of their own making. */
export { connectWorker, type WorkerConnection } from './connection.ts';
export type { ControlWorkerSettings } from './control-worker.ts';
export { createHostWorker, type HostWorkerSettings } from './host-worker.ts';
export { serveControl } from './serve-control.ts';
export { serveHost } from './serve-host.ts';
export { runWorkers, type ServedHost, type WorkerProcessSettings } from './run.ts';
