import type { DurationText } from './deadline.ts';
import type { InstanceRecord, RecordChanges } from './instance.ts';
import type { TaskResult } from './task.ts';
import { finalVmState, type TaskState, type VmState } from './states.ts';
import type { Unit } from './unit.ts';

/** What the functions of a declaration may look at, besides the outputs of earlier steps. */
export interface TaskContext<Input> {
  readonly input: Input;
  /** The record as it was when the task was started. */
  readonly instance: InstanceRecord;
  /** Identity of the task, also while another one recovers it: claims and disks are named after it. */
  readonly taskId: string;
  /** Who asked for it. */
  readonly actor: string;
  /** When it was asked for. */
  readonly requestedAt: string;
}

/**
 * What an operation has to do with the instance. `change`: its steps change it. `observation`: its steps look, and it
 * commits what was seen. `recovery`: it takes up the steps of another task. `record`: it changes the record alone and
 * has no steps; the workflow of the instance carries it out at once.
 */
export type OperationKind = 'change' | 'observation' | 'recovery' | 'record';

/** How a unit is dispatched: with what, where, by when. */
interface UnitDispatch<Context, Input, Output> {
  readonly unit: Unit<string, Input, Output>;
  readonly with: (context: Context) => NoInfer<Input>;
  /** The host whose workers run it; needed by units of hosts, meaningless for the others. */
  readonly on?: (context: Context) => string;
}

/** How a step is taken back. */
interface UndoDispatch<Context, Input, Output, Undone> extends UnitDispatch<Context, Input, Undone> {
  /**
   * For a step that ends of itself, such as a migration that its hypervisor concludes: what the step has come to, where
   * the undo has found that it is too late; null where it was taken back. Too late, the task goes forward again.
   */
  readonly tooLate?: (found: NoInfer<Undone>) => NoInfer<Output> | null;
}

/** How a step that is under way is made to end soon. */
interface ForceCompletion<Context, Input> extends UnitDispatch<Context, Input, unknown> {
  readonly event: string;
  readonly deadline: DurationText;
}

interface StepOptions<Context, Name extends string, Input, Output, UndoInput, Undone, ForceInput> extends UnitDispatch<
  Context,
  Input,
  Output
> {
  /** What the instance shows while the step runs. */
  readonly taskState: TaskState | null;
  /** Nova's name of the instance-action event that the step belongs to. */
  readonly event: string;
  /** The step in all: waits, attempts and the pauses between them. */
  readonly deadline: DurationText;
  /** One attempt; the step's deadline where absent. */
  readonly attemptDeadline?: DurationText;
  /** The step is left out, and has no output, unless this holds. */
  readonly when?: (context: Context) => boolean;
  /** Takes the step back. Runs also when the step failed: then its output is missing, and what it did is unknown. */
  readonly undo?: UndoDispatch<
    Context & { readonly [K in Name]: NoInfer<Output> | undefined },
    UndoInput,
    Output,
    Undone
  >;
  /** Makes the step end soon, at a price; runs beside it when somebody asks for it. */
  readonly forceComplete?: ForceCompletion<Context, ForceInput>;
  /** What an operator should know that no undo brings back, for the cancel preview. */
  readonly irreversible?: string;
  /** From the moment this step is dispatched the task only goes forward. */
  readonly pointOfNoReturn?: true;
  /** The step becomes a debt of its host, and the task goes on without it, when the host does not answer, or at any final failure. */
  readonly owedWhen?: 'unreachable' | 'failed';
  /** What the record owes to this step: applied once it is done (or dispatched, at the point of no return). */
  readonly changes?: (context: Context & { readonly [K in Name]: NoInfer<Output> | undefined }) => RecordChanges;
}

/**
 * A step with its types forgotten, as the engine, the docs and the checks read it. Methods, not function properties:
 * parameters of methods are compared bivariantly, so that a step typed by its own context is one of these as it is.
 */
export interface Step {
  readonly name: string;
  readonly taskState: TaskState | null;
  readonly event: string;
  readonly deadline: DurationText;
  readonly attemptDeadline?: DurationText;
  readonly unit: Unit;
  with(context: ErasedContext): unknown;
  on?(context: ErasedContext): string;
  when?(context: ErasedContext): boolean;
  readonly undo?: UndoStep;
  readonly forceComplete?: ForceCompletionStep;
  readonly irreversible?: string;
  readonly pointOfNoReturn?: true;
  readonly owedWhen?: 'unreachable' | 'failed';
  changes?(context: ErasedContext): RecordChanges;
}

/** A unit that is dispatched for a step, besides the step's own. */
interface BesideStep {
  readonly unit: Unit;
  with(context: ErasedContext): unknown;
  on?(context: ErasedContext): string;
}

export interface UndoStep extends BesideStep {
  tooLate?(found: unknown): unknown;
}

export interface ForceCompletionStep extends BesideStep {
  readonly event: string;
  readonly deadline: DurationText;
}

/** The context as the engine passes it on: it also carries the outputs of the steps that have run, by the steps' names. */
export type ErasedContext = TaskContext<unknown>;

/** An operation, declared: plain data and pure functions. Everything else is derived from it. */
export interface Operation<Name extends string = string, Input = unknown> {
  readonly name: Name;
  /** Raised with every change that a running task would notice; older versions stay registered. */
  readonly version: number;
  /** What it does, in one sentence for users. */
  readonly purpose: string;
  readonly kind: OperationKind;
  /** It may be carried out while another task runs: what it changes no task touches. */
  readonly besideTasks: boolean;
  /** It may start although the instance is locked. */
  readonly evenWhenLocked: boolean;
  /** What runs is cancelled for it, and what a task has left is tidied up first, or owed. */
  readonly waitsForNobody: boolean;
  readonly allowedFrom: readonly VmState[];
  /** Why the operation cannot start although the vm_state allows it; null when it can. */
  refusal(start: { readonly input: Input; readonly instance: InstanceRecord }): string | null;
  /** vm_states that success leads to; none where it stays as it is. */
  readonly leadsTo: readonly VmState[];
  /** Success leads back to what the instance was before: it makes no vm_state reachable. */
  readonly leadsBack: boolean;
  /** vm_state after a failure that has been rolled back; null when it stays as it was. */
  readonly failsTo: VmState | null;
  readonly steps: readonly Step[];
  commits(context: ErasedContext): RecordChanges;
  /** What is run when it has committed, one after the other; the first that does not succeed ends the task. */
  readonly subTasks: readonly SubTask[];
  /** What it has made that its caller asked for; null where that is the instance itself. */
  result(context: ErasedContext): TaskResult | null;
  /** Words for the Web UI's summary: `HARD`, `to m1.small`. */
  describe(input: Input): string;
}

/** An operation that follows another one on the same instance, declared with it: a task of its own within that task. */
export interface SubTask<Context = ErasedContext> {
  readonly operation: Operation;
  /** It is left out unless this holds. */
  when?(context: Context): boolean;
  /** Its input. */
  with(context: Context): unknown;
}

/** Declares a sub-task, for `commits`: it runs once the task has committed, and what it fails does not undo the task. */
export const subTask = <Context, Input>(
  operation: Operation<string, Input>,
  options: { readonly when?: (context: Context) => boolean; readonly with: (context: Context) => NoInfer<Input> },
): SubTask<Context> => ({ operation, ...options });

/** Whether nothing but the end of the instance comes of its success. */
export const endsInstance = ({ leadsTo }: Pick<Operation, 'leadsTo'>): boolean =>
  leadsTo.length > 0 && leadsTo.every((state) => state === finalVmState);

/** What is said of an operation before its steps. */
export interface OperationHeader<Name extends string, Input> {
  readonly name: Name;
  readonly purpose: string;
  readonly version?: number;
  /** `change` where absent. */
  readonly kind?: Exclude<OperationKind, 'record'>;
  readonly evenWhenLocked?: true;
  readonly waitsForNobody?: true;
  readonly allowedFrom: readonly VmState[];
  readonly refusal?: Operation<Name, Input>['refusal'];
  readonly leadsBack?: true;
  readonly failsTo?: VmState;
  readonly describe?: (input: Input) => string;
  readonly result?: (context: TaskContext<Input>) => TaskResult | null;
}

/** Collects steps; its context type grows by each step's output. */
class OperationBuilder<Name extends string, Input, Context extends TaskContext<Input>> {
  readonly #header: OperationHeader<Name, Input>;
  readonly #steps: readonly Step[];

  constructor(header: OperationHeader<Name, Input>, steps: readonly Step[]) {
    this.#header = header;
    this.#steps = steps;
  }

  /** Adds a step that always runs: its output is there for all later steps. */
  step<StepName extends string, In, Out, UndoIn = never, Undone = unknown, ForceIn = never>(
    name: StepName extends keyof Context ? never : StepName,
    options: StepOptions<Context, StepName, In, Out, UndoIn, Undone, ForceIn> & { readonly when?: never },
  ): OperationBuilder<Name, Input, Context & { readonly [K in StepName]: Out }> {
    return new OperationBuilder(this.#header, [...this.#steps, { name, ...options }]);
  }

  /** Adds a step that runs only `when` its condition holds: later steps find its output or `undefined`. */
  stepIf<StepName extends string, In, Out, UndoIn = never, Undone = unknown, ForceIn = never>(
    name: StepName extends keyof Context ? never : StepName,
    options: StepOptions<Context, StepName, In, Out, UndoIn, Undone, ForceIn> & {
      readonly when: (context: Context) => boolean;
    },
  ): OperationBuilder<Name, Input, Context & { readonly [K in StepName]: Out | undefined }> {
    return new OperationBuilder(this.#header, [...this.#steps, { name, ...options }]);
  }

  /** Ends the declaration: the vm_states that success leads to, what it changes in the record, and what follows. */
  commits<const Leads extends VmState>(
    leadsTo: readonly Leads[],
    changes: (context: Context) => RecordChanges & { readonly vmState: NoInfer<Leads> },
    subTasks: readonly SubTask<Context>[] = [],
  ): Operation<Name, Input> {
    return this.#end(leadsTo, changes, subTasks);
  }

  /** Ends the declaration of an operation that leaves the vm_state as it is, with what else it changes in the record. */
  keepsState(
    changes: (context: Context) => Omit<RecordChanges, 'vmState'> & { readonly vmState?: never } = () => ({}),
  ): Operation<Name, Input> {
    return this.#end([], changes);
  }

  #end(
    leadsTo: readonly VmState[],
    commits: (context: Context) => RecordChanges,
    subTasks: readonly SubTask<Context>[] = [],
  ): Operation<Name, Input> {
    return { ...declared(this.#header), leadsTo, steps: this.#steps, commits, subTasks };
  }
}

/** A header with what it leaves unsaid. */
export const declared = <Name extends string, Input>(header: OperationHeader<Name, Input>) => ({
  version: 1,
  kind: 'change' as const,
  besideTasks: false,
  failsTo: null,
  refusal: () => null,
  describe: () => '',
  result: () => null,
  ...header,
  evenWhenLocked: header.evenWhenLocked === true,
  waitsForNobody: header.waitsForNobody === true,
  leadsBack: header.leadsBack === true,
});

/** Starts the declaration of an operation: `operation<Input>()({ name, … }).step(…).commits(…)`. */
export const operation =
  <Input>() =>
  <const Name extends string>(
    header: OperationHeader<Name, Input>,
  ): OperationBuilder<Name, Input, TaskContext<Input>> =>
    new OperationBuilder(header, []);
