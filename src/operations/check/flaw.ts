/** Something wrong with the declarations: which operation and step, which rule, and what to do about it. */
export interface Flaw {
  readonly rule: RuleName;
  /** `operation`, `operation.step`, or the state, unit or fault that is meant. */
  readonly subject: string;
  /** What is wrong, in one sentence. */
  readonly problem: string;
  readonly remedy: string;
}

/** The rules, each with why it is one. */
export const rules = {
  'known-under-its-name': 'tasks carry the name of their operation, and find its declaration by it',
  'kind-fits-steps': 'what has no steps changes nothing but the record, or takes up the steps of another task',
  'states-are-answered': 'every operation answers for every vm_state: it starts from it, or refuses it',
  'state-can-be-reached': 'a vm_state that nothing leads to is a word without a meaning',
  'state-can-be-left': 'in no state that an instance rests in may delete be the only way on',
  'initial-state-is-left': 'an instance rests in no state that stands for work under way',
  'task-state-is-used': 'a task_state that no step shows is a word without a meaning',
  'success-leads-somewhere': 'an operation without an end by success never commits',
  'deadline-is-long-enough': 'a unit of a host may wait for a worker; a step must give it time to work, too',
  'unit-is-registered': 'the activity of a unit is found by its name',
  'host-is-named': 'a unit of a host runs on the queue of that host',
  'acquired-is-given-back': 'what a step acquires leaks when the task fails or is cancelled later',
  'way-back-is-open': 'before the point of no return all must be undone, so nothing irreversible may happen',
  'no-return-is-explained': 'a refused cancel says why',
  'only-hosts-owe': 'a debt is paid by the workers of the host that owes it',
  'undo-acquires-nothing': 'nobody takes back what an undo has acquired',
  'sub-task-can-start': 'a sub-task begins where its task has led; one that cannot never runs',
  'sub-tasks-are-flat': 'the id of a sub-task is told from that of its task, and there is one level of them',
  'fault-is-catalogued': 'a fault without an entry has no blame, no sentence and no next action',
  'fault-is-declared': 'a fault that nothing raises is a promise to nobody',
} as const satisfies Record<string, string>;
export type RuleName = keyof typeof rules;

/** The flaw as a person reads it. */
export const flawText = ({ rule, subject, problem, remedy }: Flaw): string =>
  `${subject}: ${problem}\n  ${remedy}\n  (${rule}: ${rules[rule]})`;
