/** How plans are shown to programs; see `src/model/representation.ts`. */
import type { Foreseen } from '../model/foresight.ts';
import type { Problem } from '../model/problem.ts';
import { representTaskInTheWay, type Viewer } from '../model/representation.ts';
import type { CapacityCheck, PastDuration, Plan, PlannedStep } from './plan.ts';

/** `depends_on`: the step that must have run before it can be said. */
const representForeseen = <T, R>(foreseen: Foreseen<T>, represent: (value: T) => R) =>
  foreseen.known ? { value: represent(foreseen.value), depends_on: null } : { value: null, depends_on: foreseen.on };

const representPast = ({ medianMs, highMs, count }: PastDuration) => ({
  median_ms: Math.round(medianMs),
  /** 95 % took no longer. */
  high_ms: Math.round(highMs),
  count,
});

const representStep = (step: PlannedStep, { hosts }: Viewer) => ({
  name: step.name,
  unit: step.unit,
  applies: representForeseen(step.applies, (applies) => applies),
  ...(hosts && { host: representForeseen(step.host, (host) => host) }),
  past: step.past && representPast(step.past),
  deadline: step.deadline,
  undo: step.undo,
  point_of_no_return: step.pointOfNoReturn,
  irreversible: step.irreversible,
});

const representCapacity = ({ step, host, refusal, detail }: CapacityCheck, { hosts }: Viewer) => ({
  step,
  has_room: refusal === null,
  refusal,
  ...(hosts && { detail }),
  ...(hosts && { host }),
});

const representProblem = (problem: Problem) => ({
  type: problem.type,
  message: problem.message,
  ...(problem.type === 'InstanceBusy' && { task_in_the_way: representTaskInTheWay(problem.inTheWay) }),
});

export const representPlan = (plan: Plan, viewer: Viewer) => ({
  action: plan.operation,
  instance_id: plan.instanceId,
  could_start: plan.couldStart,
  verdict: plan.verdict,
  problem: plan.problem && representProblem(plan.problem),
  capacity: plan.capacity.map((check) => representCapacity(check, viewer)),
  steps: plan.steps.map((step) => representStep(step, viewer)),
  past: plan.past && representPast(plan.past),
  sub_tasks: plan.subTasks.map(({ operation, applies }) => ({
    name: operation,
    applies: representForeseen(applies, (value) => value),
  })),
});
