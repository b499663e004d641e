// Stands in for a worker process: says that it is ready and stays until it is told to end.
// FAKE_WORKER: `fails` ends at once, `stubborn` does not end when asked.
import { setInterval } from 'node:timers';

const behaviour = process.env.FAKE_WORKER ?? '';
if (behaviour === 'fails') {
  console.error('the hypervisor is on fire');
  process.exit(3);
}
process.on('SIGTERM', () => {
  if (behaviour !== 'stubborn') process.exit(0);
});
setInterval(() => undefined, 60_000);
console.error(JSON.stringify({ level: 30, msg: 'ready', temporal: process.env.TEMPORAL_ADDRESS }));
