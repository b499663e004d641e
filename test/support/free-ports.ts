/** Ports for what a test starts. */
import getPort, { portNumbers } from 'get-port';

/** Below those that systems choose from for outgoing connections: between choice and use nobody takes one by accident. */
const [from, to] = [10_000, 30_000];

/** A port of 127.0.0.1 that nobody listens on, and that this process is not given again for a while. */
export async function freePort(): Promise<number> {
  // Another copy of the tests looks elsewhere.
  const start = from + Math.floor(Math.random() * (to - from - 1_000));
  return getPort({ port: portNumbers(start, to), host: '127.0.0.1' });
}
