/** What the functions of a declaration answer before any step has run. Pure. */
import type { ErasedContext, TaskContext } from './operation.ts';

/** An answer, or what it depends on. */
export type Foreseen<T> =
  | { readonly known: true; readonly value: T }
  /** `on`: the step that must have run to tell; null where the record itself does not allow the question. */
  | { readonly known: false; readonly on: string | null };

/** Thrown by a look at the output of a step that has not run. */
class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown';
  readonly step: string;

  constructor(step: string) {
    super(`the step ${step} has not run`);
    this.step = step;
  }
}

/** Asks a function of a declaration in a task that has not begun. Steps that are `leftOut` have no output: that is known. */
export function foresee<T>(
  { input, instance, taskId, actor, requestedAt }: TaskContext<unknown>,
  leftOut: ReadonlySet<string>,
  ask: (context: ErasedContext) => T,
): Foreseen<T> {
  const known = { input, instance, taskId, actor, requestedAt };
  const context = new Proxy<ErasedContext>(known, {
    get: (target, key, receiver): unknown => {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return Reflect.get(target, key, receiver);
      if (leftOut.has(key)) return undefined;
      throw new NotYetKnown(key);
    },
  });
  try {
    return { known: true, value: ask(context) };
  } catch (error) {
    // Where the operation cannot start, its functions may stumble over the record: the refusal says why.
    return { known: false, on: error instanceof NotYetKnown ? error.step : null };
  }
}
