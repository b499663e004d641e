/** What the compiler must say about declarations of operations. The compiler is the test: nothing here is run. */
import { operation, type Operation } from '../../src/model/operation.ts';
import { unit, type InputOf, type OutputOf, type Unit } from '../../src/model/unit.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same, and nowhere else. */
const same = <A, B>(_proof: Same<A, B>): void => {};

interface MoveInput {
  readonly size: number;
}
const everywhere = { ensures: 'it is so', acquires: null, faults: [] } as const;
const reserve = unit<{ readonly size: number }, { readonly place: string }>()('reserve', {
  ...everywhere,
  runsOn: 'control',
});
const release = unit<{ readonly place: string | null }, unknown>()('release', { ...everywhere, runsOn: 'control' });
const copy = unit<{ readonly to: string }, { readonly bytes: number }>()('copy', { ...everywhere, runsOn: 'host' });

const shown = { taskState: 'resize_prep', event: 'an_event', deadline: '30s' } as const;
const declare = () => operation<MoveInput>()({ name: 'move', purpose: 'Moves it.', allowedFrom: ['active'] });
const reserved = () =>
  declare().step('reserve', { ...shown, unit: reserve, with: ({ input }) => ({ size: input.size }) });

// Units

same<InputOf<typeof copy>, { readonly to: string }>(true);
same<OutputOf<typeof copy>, { readonly bytes: number }>(true);
// Any unit is a unit, whatever it takes and gives; but one cannot stand for another.
export const units: readonly Unit[] = [reserve, release, copy];
// @ts-expect-error -- takes and gives something else
export const anotherUnit: typeof copy = reserve;

// A whole declaration

export const move = reserved()
  .stepIf('copy', {
    ...shown,
    when: ({ reserve, instance }) => reserve.place !== instance.residence?.host,
    unit: copy,
    on: ({ reserve }) => reserve.place,
    with: ({ reserve }) => ({ to: reserve.place }),
  })
  .commits(['active'], ({ copy, reserve, input, taskId }) => {
    same<typeof copy, { readonly bytes: number } | undefined>(true);
    same<typeof reserve, { readonly place: string }>(true);
    same<typeof input, MoveInput>(true);
    same<typeof taskId, string>(true);
    return { vmState: 'active' };
  });
same<typeof move, Operation<'move', MoveInput>>(true);

// Outputs of earlier steps

reserved().step('copy', {
  ...shown,
  unit: copy,
  // @ts-expect-error -- the output of `reserve` has no such property
  with: ({ reserve }) => ({ to: reserve.plaice }),
});
reserved().step('copy', {
  ...shown,
  unit: copy,
  // @ts-expect-error -- there is no step of this name
  with: ({ reservation }) => ({ to: reservation.place }),
});
declare().step('copy', {
  ...shown,
  unit: copy,
  // @ts-expect-error -- `reserve` comes later, or never
  with: ({ reserve }) => ({ to: reserve.place }),
});
declare()
  .stepIf('reserve', { ...shown, when: () => false, unit: reserve, with: () => ({ size: 1 }) })
  .step('copy', {
    ...shown,
    unit: copy,
    // @ts-expect-error -- a conditional step may have no output
    with: ({ reserve }) => ({ to: reserve.place }),
  });

// Inputs of units

reserved().step('copy', {
  ...shown,
  unit: copy,
  // @ts-expect-error -- the unit takes a string
  with: ({ input }) => ({ to: input.size }),
});
reserved().step('copy', {
  ...shown,
  unit: copy,
  // @ts-expect-error -- what the unit needs is missing
  with: () => ({}),
});
// @ts-expect-error -- a step without a deadline
reserved().step('copy', {
  taskState: null,
  event: 'an_event',
  unit: copy,
  with: ({ reserve }) => ({ to: reserve.place }),
});

// Names and figures

// @ts-expect-error -- the name is taken by an earlier step
reserved().step('reserve', { ...shown, unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- also for a conditional one
reserved().stepIf('reserve', { ...shown, when: () => true, unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- the name is taken by what every context has
declare().step('instance', { ...shown, unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- no duration
declare().step('reserve', { ...shown, deadline: 'soon', unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- no state of Nova's
declare().step('reserve', { ...shown, taskState: 'dreaming', unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- a step with a condition is said with `stepIf`
declare().step('reserve', { ...shown, when: () => true, unit: reserve, with: () => ({ size: 1 }) });
// @ts-expect-error -- `stepIf` without a condition
declare().stepIf('reserve', { ...shown, unit: reserve, with: () => ({ size: 1 }) });

// Undo

declare().step('reserve', {
  ...shown,
  unit: reserve,
  with: () => ({ size: 1 }),
  undo: {
    unit: release,
    with: ({ reserve }) => {
      same<typeof reserve, { readonly place: string } | undefined>(true);
      return { place: reserve?.place ?? null };
    },
  },
});
declare().step('reserve', {
  ...shown,
  unit: reserve,
  with: () => ({ size: 1 }),
  // @ts-expect-error -- the undo takes a place, or null where it is not known
  undo: { unit: release, with: ({ reserve }) => ({ place: reserve }) },
});
declare().step('reserve', {
  ...shown,
  unit: reserve,
  with: () => ({ size: 1 }),
  // @ts-expect-error -- when the step has failed, there is no output to read from
  undo: { unit: release, with: ({ reserve }) => ({ place: reserve.place }) },
});

// What it leads to

// @ts-expect-error -- commits a vm_state that it does not list
reserved().commits(['active'], () => ({ vmState: 'stopped' }));
// @ts-expect-error -- does not say which vm_state it commits
reserved().commits(['active'], () => ({ powerState: 'RUNNING' }));
reserved().commits(['active', 'stopped'], ({ instance }) => ({
  vmState: instance.powerState === 'RUNNING' ? 'active' : 'stopped',
}));
