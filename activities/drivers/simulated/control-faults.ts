/** Has units of the control plane heed the rules that are there for simulated hosts. */
import type { Fence } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { InjectedFaults, type Struck } from './injected-faults.ts';
import { deliver } from './repeated-delivery.ts';

/** Runs a unit of the control plane as the rules in the folder `root` say. Every delivery has a fence of its own. */
export function runAsRulesSay<Output>(
  root: string,
  unit: string,
  context: UnitContext,
  run: (fence: Fence) => Promise<Output>,
): Promise<Output> {
  const struck: Struck = { host: null, unit, purpose: context.purpose };
  return deliver(root, struck, context.fence, async (fence) => {
    const faults = await InjectedFaults.for(root, struck);
    await faults.hang(context.signal);
    await faults.linger(context);
    await faults.strike('before').catch(asControlFailure);
    const output = await run(fence);
    await faults.strike('after').catch(asControlFailure);
    return output;
  });
}

/** There is no hypervisor to blame: what is to pass is as if nobody had answered, anything else a mistake of ours. */
function asControlFailure(error: unknown): never {
  if (!(error instanceof UnitFault)) throw error;
  throw error.retryable
    ? new Error(error.message, { cause: error })
    : new UnitFault('INTERNAL_ERROR', error.message, { cause: error });
}
