/** Bundles the workflows into the file that is its argument, outside of Jest, which the bundler would slow down. `true`: with tracing. */
import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleOptions } from '../../src/worker/workflow-source.ts';

const [, , target = '', traced] = process.argv;
const { code } = await bundleWorkflowCode({ ...bundleOptions(traced === 'true'), logger: new DefaultLogger('ERROR') });
await writeFile(target, code);
