/** A worker of hosts whose driver takes each delivery of a hard reboot for a reboot of its own: it does again what it has done. */
import { createDriver } from '../../../activities/drivers/index.ts';
import type { Driver, UnitContext } from '../../../activities/drivers/driver.ts';
import { connectWorker, serveHost } from '../../../src/worker/index.ts';
import { SecretKeys } from '../../../src/secrets/secret-keys.ts';
import { createLogger } from '../../../src/worker/logger.ts';
import { installRuntime } from '../../../src/worker/runtime.ts';
import { settingsSchema } from '../../support/worker-settings.ts';

/** The delivery as if it were a unit of its own, later than all that came before. */
function asAnotherUnit({ purpose, fence, ...context }: UnitContext): UnitContext {
  const sequence = purpose.sequence * 1_000 + fence.attempt;
  const step = `${purpose.step} again`;
  return {
    ...context,
    purpose: fence.attempt === 1 ? purpose : { ...purpose, step },
    fence: { ...fence, sequence, attempt: 1 },
  };
}

const forgetful = (driver: Driver): Driver => ({
  ...driver,
  hardRebootGuest: (input, context) => driver.hardRebootGuest(input, asAnotherUnit(context)),
});

const { hosts } = settingsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const secretKeys = SecretKeys.ofEnvironment();
const logger = createLogger();
installRuntime({ logger });
const link = await connectWorker();
const { signal } = new AbortController();
const serving = hosts.map(({ name, capacity, driver, driverOptions }) => {
  const settings = { name, capacity, driver: forgetful(createDriver(driver, name, driverOptions)), secretKeys };
  return new Promise<void>((onServing, reject) => {
    serveHost(link, settings, { signal, onServing }).catch(reject);
  });
});
await Promise.all(serving);
logger.info('ready');
