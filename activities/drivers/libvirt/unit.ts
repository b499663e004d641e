/** A unit of this driver: claims the guest, looks whether it was done before, does it, and tells what there is. */
import type { UnitContext } from '../driver.ts';
import { faultOfFiles } from './faults.ts';
import { Delivery } from './fencing.ts';
import type { LibvirtHost } from './libvirt-host.ts';

/** One unit in the act. */
export interface Act {
  readonly host: LibvirtHost;
  readonly instanceId: string;
  readonly delivery: Delivery;
  /** The same unit on the other host that it changes; on this one where there is none. */
  readonly there: Delivery;
  readonly context: UnitContext;
}

/** The same for what is still to be done when the unit has been cancelled. */
export const heedless = ({ host, instanceId, delivery, there, context }: Act): Act => {
  const calm = { ...context, signal: new AbortController().signal };
  return { host, instanceId, delivery: delivery.with(calm), there: there.with(calm), context: calm };
};

export interface Behaviour<Input, Output> {
  /** The host that it changes beside its own: whoever has taken all back there shuts it out. */
  readonly elsewhere?: (input: Input) => string;
  /** Makes true what the unit ensures; looks first whether it is so already. */
  change(input: Input, act: Act): Promise<void>;
  /** What the hypervisor says afterwards. */
  report(act: Act): Promise<Output>;
}

/** The same delivery is never at work twice in one process: the second waits, and finds it done. */
const underWay = new Map<string, Promise<unknown>>();

/** The unit of that behaviour, on the guests of one host. */
export const performing =
  <Input, Output>(host: LibvirtHost, behaviour: Behaviour<Input, Output>) =>
  async (input: Input, context: UnitContext): Promise<Output> => {
    const { instanceId, generation, sequence } = context.purpose;
    const same = [host.options.directory, instanceId, generation, sequence, context.fence.attempt].join();
    const work = Promise.resolve(underWay.get(same))
      .catch(() => undefined)
      .then(() => perform(host, behaviour, input, context));
    underWay.set(same, work);
    try {
      return await work;
    } catch (error) {
      throw faultOfFiles(error);
    } finally {
      if (underWay.get(same) === work) underWay.delete(same);
    }
  };

async function perform<Input, Output>(
  host: LibvirtHost,
  behaviour: Behaviour<Input, Output>,
  input: Input,
  context: UnitContext,
): Promise<Output> {
  const { instanceId } = context.purpose;
  const delivery = await Delivery.claim(host, context);
  const other = host.peer(behaviour.elsewhere?.(input) ?? host.name);
  const there = other === host ? delivery : await Delivery.claim(other, context);
  const act = { host, instanceId, delivery, there, context };
  if (!(await delivery.wasDone())) {
    try {
      await behaviour.change(input, act);
    } catch (error) {
      // What it was about may have been taken from it.
      await delivery.admit();
      await there.admit();
      throw error;
    }
    await delivery.end();
  }
  return behaviour.report(act);
}
