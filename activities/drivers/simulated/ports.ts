import { unchanged, type Behaviour } from './behaviour.ts';

const port = (bound: boolean, effect: string): Behaviour<unknown, unknown> => ({
  change: (state) => (state.port === bound ? unchanged(state) : { effect, state: { ...state, port: bound } }),
  report: () => ({}),
});

export const plugging = port(true, 'port bound');
export const unplugging = port(false, 'port unbound');
