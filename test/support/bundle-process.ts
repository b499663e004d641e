/** Bundles the workflows into the file that is its first argument, outside of Jest, which the bundler would slow down; its second one says which. */
import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { z } from 'zod';

const optionsSchema = z.object({
  workflowsPath: z.string(),
  preloadModules: z.array(z.string()),
  workflowInterceptorModules: z.exactOptional(z.array(z.string())),
});

const [, , target = '', options = ''] = process.argv;
const bundleOptions = optionsSchema.parse(JSON.parse(options));
const { code } = await bundleWorkflowCode({ ...bundleOptions, logger: new DefaultLogger('ERROR') });
await writeFile(target, code);
