import type { RecordChanges } from './instance.ts';
import { declared, type Operation, type OperationHeader, type TaskContext } from './operation.ts';
import type { VmState } from './states.ts';

/** What is said of an operation that changes the record alone. */
interface RecordOperationHeader<Name extends string, Input, Leads extends VmState> extends Omit<
  OperationHeader<Name, Input>,
  'kind' | 'leadsBack' | 'failsTo' | 'waitsForNobody'
> {
  readonly besideTasks?: true;
  /** The vm_states that it may set; it leaves the vm_state alone where absent. */
  readonly leadsTo?: readonly Leads[];
}

/** Declares an operation that changes the record alone: `recordOperation<Input>()({ name, … }, (context) => …)`. */
export const recordOperation =
  <Input>() =>
  <const Name extends string, const Leads extends VmState = never>(
    { besideTasks, leadsTo = [], ...header }: RecordOperationHeader<Name, Input, Leads>,
    commits: (context: TaskContext<Input>) => RecordChanges & { readonly vmState?: NoInfer<Leads> },
  ): Operation<Name, Input> => ({
    ...declared<Name, Input>(header),
    kind: 'record',
    besideTasks: besideTasks === true,
    leadsTo,
    steps: [],
    subTasks: [],
    commits,
  });
