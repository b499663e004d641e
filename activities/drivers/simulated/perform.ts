import { milliseconds } from '../../../src/model/deadline.ts';
import { effectKey } from '../../../src/model/unit.ts';
import type { HostUnitName } from '../../../src/operations/units/index.ts';
import type { UnitContext } from '../driver.ts';
import type { Behaviour, Circumstances } from './behaviour.ts';
import { amend, begin, type Begun, type Decide } from './fencing.ts';
import { InjectedFaults, type MemoryPace } from './injected-faults.ts';
import type { Journal } from './journal.ts';
import type { SimulatedOptions } from './options.ts';
import { neverBackwards, work } from './pace.ts';
import { deliverable } from './repeated-delivery.ts';
import type { ImageState, InstanceState, VolumeState } from './state.ts';

/** One simulated hypervisor, as its units reach it. */
export interface Hypervisor {
  readonly host: string;
  readonly options: SimulatedOptions;
  /** The journal of an instance on this host, or on another one. */
  journal(instanceId: string, host?: string): Journal;
  /** The journal of an image: the image store is the same for all hosts. */
  image(id: string): Journal<ImageState>;
  /** The journal of a volume: the volume store is the same for all hosts. */
  volume(id: string): Journal<VolumeState>;
}

/** A unit in the act: it begins, time passes, things go wrong, its effect is journalled. */
export interface Execution<State = InstanceState> {
  readonly circumstances: Circumstances;
  /** How many milliseconds it takes, where nothing is wrong. */
  readonly latency: number;
  begin(): Promise<Begun<State>>;
  /** A part of the unit, with an entry of its own. */
  partly(decide: Decide<State>): Promise<void>;
  /** Waits as long as it is made to hang. */
  hang(): Promise<void>;
  memoryPace(): Promise<MemoryPace>;
  /** The effect that it ends with. */
  finish(decide: Decide<State>): Promise<State>;
  /** The rest: takes its time and ends with the effect. */
  conclude(decide: Decide<State>, patience?: number): Promise<State>;
}

/** Prepares a unit whose effects go to this journal. */
export async function perform<State>(
  { host, options }: Hypervisor,
  unit: HostUnitName,
  context: UnitContext,
  journal: Journal<State>,
): Promise<Execution<State>> {
  const faults = await InjectedFaults.for(options.root, { host, unit, purpose: context.purpose });
  const delivery = { unit, purpose: context.purpose, fence: context.fence, signal: context.signal };
  const latency = milliseconds(options.latency.byUnit[unit] ?? options.latency.default);
  const finish = async (decide: Decide<State>): Promise<State> => {
    await faults.strike('before');
    const { state } = await amend(journal, delivery, 'done', decide);
    await faults.strike('after');
    return state;
  };
  return {
    circumstances: {
      key: effectKey(context.purpose),
      instanceId: context.purpose.instanceId,
      ignored: faults.ignored,
    },
    latency,
    begin: () => begin(journal, delivery),
    async partly(decide) {
      await amend(journal, delivery, 'open', decide);
    },
    hang: () => faults.hang(context.signal),
    memoryPace: () => faults.memoryPace(),
    finish,
    async conclude(decide, patience = 0) {
      await faults.hang(context.signal);
      const visible = { signal: context.signal, progress: neverBackwards(context.progress) };
      await faults.linger(visible);
      await work(latency + (patience > 0 ? (faults.patience ?? patience) : 0), visible);
      return finish(decide);
    },
  };
}

/** The unit of that behaviour: one effect on one host. */
export const performing = <Input, Output>(
  hypervisor: Hypervisor,
  unit: HostUnitName,
  behaviour: Behaviour<Input, Output>,
): ((input: Input, context: UnitContext) => Promise<Output>) =>
  deliverable(hypervisor.options.root, { host: hypervisor.host, unit }, async (input, context) => {
    const journal = hypervisor.journal(context.purpose.instanceId);
    const execution = await perform(hypervisor, unit, context, journal);
    const { circumstances } = execution;
    const { state, done } = await execution.begin();
    if (done) return behaviour.report(state, circumstances.key);
    const waits = circumstances.ignored && state.guest?.powerState === 'RUNNING';
    const patience = waits ? behaviour.patience?.(input) : undefined;
    const end = await execution.conclude((current) => behaviour.change(current, input, circumstances), patience);
    return behaviour.report(end, circumstances.key);
  });
