/**
 * How a unit gets its effect into a journal, and how it is kept from doing so once something newer has been there.
 *
 * Every unit that ends leaves one entry with its fence: with its effect, or without one where there was nothing to do
 * or it had to refuse. So whatever a unit has told its task stays true, since nothing older can change it afterwards.
 * An attempt after the first leaves such an entry when it begins, too: the frozen one before it is shut out at once.
 */
import { compareFences, effectKey, type Fence, type UnitPurpose } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { Entry, Journal, NumberedEntry } from './journal.ts';
import type { InstanceState } from './state.ts';

/** What a unit does to the state: nothing where `effect` is null. */
export interface Change<State = InstanceState> {
  readonly effect: string | null;
  readonly state: State;
}

/** Decides, for the state as it is now, what to do. Throws a `UnitFault` when the unit cannot be done in that state. */
export type Decide<State = InstanceState> = (state: State) => Change<State> | Promise<Change<State>>;

/** One delivery of a unit, as far as a journal is concerned. */
export interface Delivery {
  readonly unit: string;
  readonly purpose: UnitPurpose;
  readonly fence: Fence;
  readonly signal: AbortSignal;
}

/** The state to work from, and whether this very unit made it so earlier. */
export interface Begun<State = InstanceState> {
  readonly state: State;
  readonly done: boolean;
}

/** Refuses a unit when something newer has been there, and leaves no trace: for one that runs beside another. */
export async function admit(journal: Journal, delivery: Delivery): Promise<void> {
  delivery.signal.throwIfAborted();
  await admitted(journal, delivery);
}

/** Begins a unit: refuses it when something newer has been there, finds out whether it has been done already. */
export async function begin<State>(journal: Journal<State>, delivery: Delivery): Promise<Begun<State>> {
  if (delivery.fence.attempt > 1) {
    const { state, outcome } = await amend(journal, delivery, 'open', (current) => ({ effect: null, state: current }));
    return { state, done: outcome === 'done' };
  }
  const { newest, own } = await admitted(journal, delivery);
  return { state: stateOf(journal, newest), done: wasDone(own, delivery) };
}

/**
 * Appends what `decide` makes of the newest state. When another writer comes first, all is looked at again: the fence,
 * whether the unit has been done, and the state. Returns the entry that ended the unit earlier if there is one.
 */
export async function amend<State>(
  journal: Journal<State>,
  delivery: Delivery,
  outcome: 'open' | 'done',
  decide: Decide<State>,
): Promise<Entry<State>> {
  for (;;) {
    const { newest, own } = await admitted(journal, delivery);
    if (own !== null && wasDone(own, delivery)) return own;
    const decision = await decideOrRefuse(decide, stateOf(journal, newest));
    const entry = entryOf(delivery, newest, decision, outcome);
    delivery.signal.throwIfAborted();
    if (!(await journal.append((newest?.number ?? 0) + 1, entry))) continue;
    if (decision.fault !== undefined) throw decision.fault;
    return entry;
  }
}

type Decision<State> = Change<State> & { readonly fault?: UnitFault };

async function decideOrRefuse<State>(decide: Decide<State>, state: State): Promise<Decision<State>> {
  try {
    return await decide(state);
  } catch (error) {
    if (error instanceof UnitFault) return { effect: null, state, fault: error };
    throw error;
  }
}

function entryOf<State>(
  { unit, purpose, fence }: Delivery,
  newest: NumberedEntry<State> | null,
  { effect, state, fault }: Decision<State>,
  outcome: 'open' | 'done',
): Entry<State> {
  const now = new Date().toISOString();
  // Not before the entry that it follows, whatever the clock says.
  const at = newest !== null && newest.entry.at > now ? newest.entry.at : now;
  const made = { unit, key: effectKey(purpose), fence, instanceId: purpose.instanceId };
  return { version: 1, at, ...made, effect, outcome: fault ? 'refused' : outcome, state };
}

const stateOf = <State>({ initial }: Journal<State>, newest: NumberedEntry<State> | null): State =>
  newest === null ? initial : newest.entry.state;

/** The end of a journal, as one unit finds it. */
interface End<State> {
  readonly newest: NumberedEntry<State> | null;
  /** The newest entry of units of its own instance. */
  readonly own: Entry<State> | null;
}

/** The end of the journal, unless something newer than this delivery has been there. */
async function admitted<State>(journal: Journal<State>, { unit, purpose, fence }: Delivery): Promise<End<State>> {
  const newest = await journal.newest();
  const own = await newestOf(journal, newest, purpose.instanceId);
  if (own !== null && compareFences(fence, own.fence) < 0) {
    throw new UnitFault(
      'STALE_ATTEMPT',
      `${unit} of ${effectKey(purpose)} has the fence ${text(fence)}, and ${own.unit} of ${own.key} ` +
        `with ${text(own.fence)} has been here`,
    );
  }
  return { newest, own };
}

/** The newest entry of an instance's units. Looked for backwards: whose turn it is has been here lately. */
async function newestOf<State>(
  journal: Journal<State>,
  newest: NumberedEntry<State> | null,
  instanceId: string,
): Promise<Entry<State> | null> {
  if (newest === null || !journal.shared) return newest?.entry ?? null;
  let entry: Entry<State> | null = newest.entry;
  for (let { number } = newest; entry !== null && entry.instanceId !== instanceId;)
    entry = await journal.read(--number);
  return entry;
}

const text = ({ generation, sequence, attempt }: Fence): string => `${generation}.${sequence}.${attempt}`;

/** Whether the newest entry ended this unit. Once a unit is done, only later units append: no other entry can tell. */
function wasDone(entry: Entry<unknown> | null, { unit, purpose, fence }: Delivery): boolean {
  if (entry === null) return false;
  if (entry.fence.generation !== fence.generation || entry.fence.sequence !== fence.sequence) return false;
  if (entry.key !== effectKey(purpose)) {
    throw new Error(
      `${unit} of ${effectKey(purpose)} has the generation and sequence of ${entry.unit} of ${entry.key}`,
    );
  }
  return entry.outcome === 'done';
}
