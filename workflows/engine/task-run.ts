import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { lessonsOf } from '../../src/model/durations.ts';
import type { Fault } from '../../src/model/fault.ts';
import type { InstanceRecord, RecordChanges } from '../../src/model/instance.ts';
import type { Step } from '../../src/model/operation.ts';
import { progressOf } from '../../src/model/progress.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import type { TaskState } from '../../src/model/states.ts';
import type {
  Direction,
  EndedTask,
  EndedTaskStatus,
  Item,
  ItemState,
  Note,
  StartedTask,
  Task,
  TaskRequest,
  TaskResult,
  TaskStatus,
  TaskVerb,
} from '../../src/model/task.ts';
import { verbsOf } from '../../src/model/verbs.ts';
import { newId } from '../new-id.ts';
import { durations } from '../sinks.ts';
import { toMarkdown } from './details.ts';
import { measure } from './metrics.ts';
import type { Work } from './work.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The visible side of a running task: its status, its items, its notes. Whoever changes it publishes it. */
export class TaskRun {
  readonly request: TaskRequest;
  /** The record as it is now. */
  readonly instance: InstanceRecord;
  readonly work: Work;
  readonly startedAt: string;
  /** Number of the last unit that was dispatched: the second part of its fence. */
  sequence: number;
  /** The step that closed the way back. */
  noReturnSince: string | null = null;
  /** Nothing is sent to these. */
  readonly fencedHosts: Set<string>;
  pauseRequested = false;
  cancelRequested = false;
  /** How to make the unit under way end soon; null where that is not possible. */
  forceCompletion: { ask(): void } | null = null;
  readonly #items: Mutable<Item>[] = [];
  readonly #notes: Note[];
  readonly #subTasks: string[] = [];
  #status: Exclude<TaskStatus, 'QUEUED'> = 'RUNNING';
  #current: { readonly step: Step; readonly item: Item } | null = null;
  /** That of the sub-task under way, or of the last one; `undefined` before the first. */
  #subTaskState: TaskState | null | undefined;
  /** What the search attributes say: an upsert costs an event, so it is made for changes only. */
  #published: { readonly status: TaskStatus; readonly taskState: TaskState | null };

  constructor({ startedAt, notes, sequence = 0, ...request }: StartedTask, instance: InstanceRecord, work: Work) {
    this.request = request;
    this.instance = instance;
    this.work = work;
    this.fencedHosts = new Set(instance.fencedHosts);
    this.startedAt = startedAt;
    this.sequence = sequence;
    this.#notes = [...notes];
    // What the instance's workflow set when it started this one.
    this.#published = { status: 'RUNNING', taskState: instance.taskState };
    this.#updateDetails();
  }

  get status(): TaskStatus {
    return this.#status;
  }

  /** What may be done with the task now; the reasons of a refusal are the controls'. */
  get verbs(): readonly TaskVerb[] {
    return verbsOf(this);
  }

  get canForceComplete(): boolean {
    return this.forceCompletion !== null;
  }

  setStatus(status: Exclude<TaskStatus, 'QUEUED'>): void {
    this.#status = status;
    this.#publish();
  }

  /** Something the controls keep here has changed. */
  refresh(): void {
    this.#updateDetails();
  }

  note(note: Note): void {
    this.#notes.push(note);
    this.#updateDetails();
  }

  /** Records that a unit is dispatched; the caller ends the item. */
  begin(step: Step, direction: Direction, host: string | null, activityId: string): Item {
    const item: Item = this.#add(step, direction, 'RUNNING', host, activityId);
    // What runs beside a step is not where the task stands.
    if (direction !== 'force') this.#current = { step, item };
    this.#publish();
    return item;
  }

  end(item: Item, state: ItemState, fault: Fault | null = null): void {
    const found = this.#items.find(({ id }) => id === item.id);
    if (found === undefined) throw new Error(`item ${item.id} is not of this task`);
    found.state = state;
    found.fault = fault;
    found.endedAt = now();
    if (this.#current?.item.id === item.id) this.#current = null;
    // After a success the next step, or the end, shows it at once.
    if (state !== 'COMPLETED') this.#updateDetails();
  }

  /** Records a step that is left out, or that waits for somebody. */
  mention(step: Step, direction: Direction, state: 'SKIPPED' | 'WAITING' | 'OWED', host: string | null = null): void {
    this.#add(step, direction, state, host, null);
    this.#updateDetails();
  }

  /** What is done now is done by this sub-task; the instance shows the state of its first step. */
  beginSubTask(id: string, taskState: TaskState | null): void {
    this.#subTasks.push(id);
    this.#subTaskState = taskState;
    this.#publish();
  }

  /** The task as readers see it now. */
  view(): Task {
    return {
      ...this.request,
      status: this.#status,
      step: this.#current?.item.step ?? null,
      taskState: this.#taskState,
      progress: progressOf({ ...this.request, steps: this.work.operation.steps, stages: this.#items, unit: null }),
      startedAt: this.startedAt,
      endedAt: null,
      fault: null,
      items: this.#items.map((item) => ({ ...item })),
      notes: [...this.#notes],
      pauseRequested: this.pauseRequested,
      verbs: this.verbs,
      startedFrom: this.instance.vmState,
      looseEnds: false,
      ...(this.#subTasks.length > 0 && { subTasks: [...this.#subTasks] }),
    };
  }

  /** Ends the task; its last status is searchable. */
  finish(
    status: EndedTaskStatus,
    end: {
      changes: RecordChanges;
      result?: TaskResult | null;
      fault?: Fault | null;
      looseEnds?: boolean;
      endedSubTasks?: readonly EndedTask[];
    },
  ): EndedTask {
    this.#current = null;
    this.setStatus(status);
    const view = this.view();
    const ended: EndedTask = {
      ...view,
      status,
      fault: end.fault ?? null,
      progress: status === 'COMPLETED' ? 1 : view.progress,
      verbs: [],
      taskState: null,
      endedAt: now(),
      changes: end.changes,
      looseEnds: end.looseEnds ?? false,
      ...(end.result && { result: end.result }),
      ...(end.endedSubTasks && { endedSubTasks: end.endedSubTasks }),
      ...(view.parentTask !== undefined && { sequence: this.sequence }),
    };
    measure(ended);
    durations.learn(lessonsOf(ended, this.work.operation.name));
    return ended;
  }

  #add(step: Step, direction: Direction, state: ItemState, host: string | null, activityId: string | null): Item {
    const { name } = step;
    const meant = direction === 'undo' ? step.undo : direction === 'force' ? step.forceComplete : undefined;
    const unit = (meant ?? step).unit.name;
    const event = direction === 'force' ? (step.forceComplete?.event ?? step.event) : step.event;
    const startedAt = state === 'RUNNING' ? now() : null;
    const endedAt = state === 'SKIPPED' ? now() : null;
    const item = {
      id: newId(),
      step: name,
      direction,
      unit,
      event,
      state,
      host,
      startedAt,
      endedAt,
      fault: null,
      activityId,
    };
    this.#items.push(item);
    return item;
  }

  /** Between two steps the instance goes on showing the state of the last. */
  get #taskState(): TaskState | null {
    if (this.#current !== null) return this.#current.step.taskState;
    return this.#subTaskState === undefined ? this.#published.taskState : this.#subTaskState;
  }

  #publish(): void {
    const { status, taskState } = this.#published;
    const wanted = { status: this.#status, taskState: this.#taskState };
    this.#published = wanted;
    const changes = toSearchAttributeUpdates({
      ...(published(wanted.status) !== published(status) && { TaskStatus: published(wanted.status) }),
      ...(wanted.taskState !== taskState && { TaskState: wanted.taskState }),
    });
    if (changes.length > 0) upsertSearchAttributes(changes);
    this.#updateDetails();
  }

  #updateDetails(): void {
    const run = {
      operation: this.request.operation,
      status: this.#status,
      pauseRequested: this.pauseRequested,
      items: this.#items,
      notes: this.#notes,
    };
    setCurrentDetails(toMarkdown(run));
  }
}

/** What the search attribute says of a status: nothing where the status of the workflow does. */
const published = (status: TaskStatus): TaskStatus | null =>
  status === 'RUNNING' || status === 'COMPLETED' ? null : status;

/** The time of the current workflow task, as records write it. */
export const now = (): string => new Date().toISOString();
