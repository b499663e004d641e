/** Runs an operation on a new instance, on a fleet made for it, and prints the ended task. Argument: the operation's name. */
import { startFleet } from '../support/fleet.ts';

const [, , operation = ''] = process.argv;
const fleet = await startFleet({ hosts: ['host-1'] });
try {
  const { id } = await fleet.activeInstance();
  const task = await fleet.ended(await fleet.client.request(operation, id, {}));
  process.stdout.write(`${JSON.stringify(task)}\n`);
} finally {
  await fleet.dispose();
}
