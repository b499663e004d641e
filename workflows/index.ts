/** What a control worker runs: the workflow types are the names of these exports, and of all operations. */
export { durations } from './durations/durations.ts';
export { host } from './host/host.ts';
export { drainHost, evacuateHost } from './host/host-task.ts';
export { payDebts } from './host/pay-debts.ts';
export { instance } from './instance/instance.ts';
export { keyPairs } from './key-pairs/key-pairs.ts';
export { default, recover } from './operations.ts';
