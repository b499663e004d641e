import type { Fence } from '../../../src/model/unit.ts';
import { InjectedFaults, type Struck } from './injected-faults.ts';

/**
 * Runs a unit. Where a rule says so it is delivered as only a server in trouble would: twice at once, the second time
 * with a newer fence, and again when that one is done. What counts is what the newest delivery answers.
 */
export async function deliver<Output>(
  root: string,
  struck: Struck,
  fence: Fence,
  run: (fence: Fence) => Promise<Output>,
): Promise<Output> {
  const faults = await InjectedFaults.for(root, struck);
  if (!(await faults.repeats())) return run(fence);
  const delivery = (later: number) => run({ ...fence, attempt: fence.attempt + later });
  // The older one may be refused, as it should be; nobody waits for its answer.
  const [, newer] = await Promise.allSettled([delivery(0), delivery(1)]);
  if (newer.status === 'rejected') throw newer.reason;
  return delivery(2);
}

/** The method of a driver, as a rule may have it delivered. */
export const deliverable =
  <Input, Context extends { readonly fence: Fence } & Pick<Struck, 'purpose'>, Output>(
    root: string,
    { host, unit }: Omit<Struck, 'purpose'>,
    method: (input: Input, context: Context) => Promise<Output>,
  ) =>
  (input: Input, context: Context): Promise<Output> =>
    deliver(root, { host, unit, purpose: context.purpose }, context.fence, (fence) =>
      method(input, { ...context, fence }),
    );
