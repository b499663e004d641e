/** A process that runs the bare workflows, and the control plane's units for them: what a control worker is to tasks. */
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { controlActivities } from '../activities/control-plane.ts';
import { connectWorker } from '../src/worker/connection.ts';
import { createLogger } from '../src/worker/logger.ts';
import { installRuntime } from '../src/worker/runtime.ts';

/** Task queue of the bare workflows. */
export const bareTaskQueue = 'bare';

if (process.argv[1] === import.meta.filename) {
  const logger = createLogger();
  installRuntime({ logger });
  const { connection, namespace, client } = await connectWorker();
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: bareTaskQueue,
    activities: controlActivities(client),
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
  });
  process
    .once('SIGINT', () => {
      worker.shutdown();
    })
    .once('SIGTERM', () => {
      worker.shutdown();
    });
  const running = worker.run();
  logger.info({ taskQueue: bareTaskQueue }, 'ready');
  await running;
  await connection.close();
}
