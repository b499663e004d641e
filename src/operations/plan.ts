/** What an operation would do to an instance, from its declaration and the record alone. Pure. */
import type { OperationDurations } from '../model/durations.ts';
import { foresee, type Foreseen } from '../model/foresight.ts';
import { countOf, median, quantile, type Histogram } from '../model/histogram.ts';
import type { Operation, Step, TaskContext } from '../model/operation.ts';
import { closesWayBack } from '../model/undo.ts';
import type { PlacementWish } from '../model/placement.ts';
import type { Problem } from '../model/problem.ts';
import type { Admission } from './admission.ts';

/** How long something took in the past. */
export interface PastDuration {
  readonly medianMs: number;
  /** 95 % took no longer. */
  readonly highMs: number;
  /** Of so many. */
  readonly count: number;
}

/** One step of a plan. */
export interface PlannedStep {
  readonly name: string;
  readonly unit: string;
  readonly applies: Foreseen<boolean>;
  /** Name of the host whose workers would run it; null for the control plane. */
  readonly host: Foreseen<string | null>;
  /** Null where it never ran before. */
  readonly past: PastDuration | null;
  readonly deadline: string;
  /** Unit of its undo. */
  readonly undo: string | null;
  readonly pointOfNoReturn: boolean;
  readonly irreversible: string | null;
}

/** A claim that a step would ask hosts for. */
export interface PlannedClaim {
  readonly step: string;
  readonly wish: PlacementWish;
}

/** What the declaration says of an operation on an instance as it is now. */
export interface PlannedCourse {
  readonly steps: readonly PlannedStep[];
  readonly claims: readonly PlannedClaim[];
  /** The operation as a whole. */
  readonly past: PastDuration | null;
  /** What would follow, each as a task of its own within the task. */
  readonly subTasks: readonly PlannedSubTask[];
}

/** An operation that would follow. */
export interface PlannedSubTask {
  readonly operation: string;
  readonly applies: Foreseen<boolean>;
}

/** Whether a step that claims room on a host would get it now. */
export interface CapacityCheck {
  readonly step: string;
  /** The host that would grant it; null where none would. Admins only. */
  readonly host: string | null;
  /** Why none would; null where one would. */
  readonly refusal: string | null;
  /** The same for operators: which hosts were asked, and what they have. */
  readonly detail: string | null;
}

/** What would become of a request for an operation on an instance. */
export interface Plan extends PlannedCourse {
  readonly operation: string;
  readonly instanceId: string;
  readonly instanceName: string;
  /** What the instance would do with the request. */
  readonly verdict: Admission['verdict'];
  /** Why it would refuse; null where it would not. */
  readonly problem: Problem | null;
  /** For each step that needs room on a host. */
  readonly capacity: readonly CapacityCheck[];
  /** It would not be refused, and there is room for it. */
  readonly couldStart: boolean;
}

/** The steps that an operation would take, in their order, those left out included. */
export function courseOf(
  operation: Operation,
  purpose: TaskContext<unknown>,
  durations: OperationDurations | null,
): PlannedCourse {
  const leftOut = new Set<string>();
  const steps: PlannedStep[] = [];
  const claims: PlannedClaim[] = [];
  for (const step of operation.steps) {
    const planned = planStep(step, purpose, leftOut, durations);
    if (planned.applies.known && !planned.applies.value) leftOut.add(step.name);
    steps.push(planned);
    const wish = wishOf(step, purpose, leftOut);
    if (wish !== null) claims.push({ step: step.name, wish });
  }
  const subTasks = operation.subTasks.map((subTask) => ({
    operation: subTask.operation.name,
    applies: foresee(purpose, leftOut, (context) => subTask.when?.(context) ?? true),
  }));
  return { steps, claims, past: durations && pastOf(durations.whole), subTasks };
}

function planStep(
  step: Step,
  purpose: TaskContext<unknown>,
  leftOut: ReadonlySet<string>,
  durations: OperationDurations | null,
): PlannedStep {
  const { name, unit, deadline, undo, irreversible } = step;
  const past = durations?.units[name];
  return {
    name,
    unit: unit.name,
    applies: foresee(purpose, leftOut, (context) => step.when?.(context) ?? true),
    host: foresee(purpose, leftOut, (context) => (unit.runsOn === 'control' ? null : (step.on?.(context) ?? null))),
    past: past === undefined ? null : pastOf(past.ran),
    deadline,
    undo: undo?.unit.name ?? null,
    pointOfNoReturn: closesWayBack(step) !== null,
    irreversible: irreversible ?? null,
  };
}

/** What a step that makes a claim would ask for; null for other steps, and where it cannot be foreseen. */
function wishOf(step: Step, purpose: TaskContext<unknown>, leftOut: ReadonlySet<string>): PlacementWish | null {
  if (step.unit.acquires !== 'claim' || leftOut.has(step.name)) return null;
  const input = foresee(purpose, leftOut, (context) => step.with(context));
  return input.known && isWish(input.value) ? input.value : null;
}

const isWish = (value: unknown): value is PlacementWish =>
  typeof value === 'object' && value !== null && 'flavor' in value && value.flavor !== null;

/** Null where there was nothing yet. */
export function pastOf(histogram: Histogram): PastDuration | null {
  const [medianMs, highMs] = [median(histogram), quantile(histogram, 0.95)];
  return medianMs === null || highMs === null ? null : { medianMs, highMs, count: countOf(histogram) };
}
