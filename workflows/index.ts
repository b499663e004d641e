/** What a control worker runs: the workflow types are the names of these exports. */
export { host } from './host/host.ts';
export { payDebts } from './host/pay-debts.ts';
export { instance } from './instance/instance.ts';
export * from './operations.ts';
