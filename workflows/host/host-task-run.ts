import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import {
  endOf,
  hostTaskRefusal,
  reasonToStop,
  rememberedProblems,
  type HostTask,
  type HostTaskPart,
  type HostTaskProblem,
  type HostTaskVerb,
} from '../../src/model/host-task.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';
import { toNote } from '../engine/controls.ts';
import { now } from '../engine/task-run.ts';
import type { ControlRequest } from '../messages.ts';

/** The state of a host's task, and what may become of it. */
export class HostTaskRun {
  #task: HostTask;

  constructor(task: HostTask) {
    this.#task = task;
  }

  get task(): HostTask {
    return this.#task;
  }

  /** There are so many more that have not been tried. */
  expect(waiting: number): void {
    this.#change({ waiting });
  }

  /** From now on the instance counts as tried. */
  begin(instanceId: string): void {
    this.#change({ waiting: this.#task.waiting - 1, tried: [...this.#task.tried, instanceId] });
  }

  /** The instance's task is asked for; another one of the same instance has ended. */
  enter(part: HostTaskPart): void {
    this.#change({ running: [...this.#withoutPart(part.instanceId), part] });
  }

  /** It was not begun with after all. */
  putBack(instanceId: string): void {
    const { waiting, tried } = this.#task;
    const others = tried.filter((id) => id !== instanceId);
    this.#change({ waiting: waiting + 1, tried: others, running: this.#withoutPart(instanceId) });
  }

  /** The instance has left the host, or is gone. */
  leave(instanceId: string, how: 'moved' | 'gone'): void {
    const { done } = this.#task;
    this.#change({ running: this.#withoutPart(instanceId), done: how === 'moved' ? done + 1 : done });
  }

  /** The instance stays. */
  stay(problem: HostTaskProblem): void {
    const { failed, refused, problems } = this.#task;
    this.#change({
      running: this.#withoutPart(problem.instanceId),
      problems: [...problems, problem].slice(-rememberedProblems),
      ...(problem.kind === 'failed' ? { failed: failed + 1 } : { refused: refused + 1 }),
    });
    this.#change({ stoppedBy: reasonToStop(this.#task) });
  }

  refusal(verb: HostTaskVerb): string | null {
    return hostTaskRefusal(verb, this.#task);
  }

  heed(verb: HostTaskVerb, request: ControlRequest | undefined): void {
    const refusal = this.refusal(verb);
    this.#change({ notes: [...this.#task.notes, toNote(verb, request, refusal)] });
    if (refusal !== null) return;
    this.#change({ pauseRequested: verb === 'pause', ...(verb === 'cancel' && { cancelRequested: true }) });
    if (verb !== 'pause') this.changeTo('RUNNING');
  }

  /** A pause has taken hold, as nothing runs any more; or it is over. */
  changeTo(status: 'PAUSED' | 'RUNNING'): void {
    if (this.#task.status === status) return;
    this.#change({ status });
    upsertSearchAttributes(toSearchAttributeUpdates({ TaskStatus: status === 'PAUSED' ? status : null }));
  }

  end(): HostTask {
    this.#change({ status: endOf(this.#task), waiting: 0, endedAt: now() });
    return this.#task;
  }

  #withoutPart(instanceId: string): HostTaskPart[] {
    return this.#task.running.filter((part) => part.instanceId !== instanceId);
  }

  #change(change: Partial<HostTask>): void {
    this.#task = { ...this.#task, ...change };
    setCurrentDetails(toMarkdown(this.#task));
  }
}

/** What the Web UI shows. */
function toMarkdown({
  kind,
  host,
  status,
  waiting,
  running,
  done,
  failed,
  refused,
  problems,
  stoppedBy,
}: HostTask): string {
  const counts = `${done} moved, ${running.length} under way, ${waiting} waiting, ${failed} failed, ${refused} refused`;
  return [
    `**${kind}** of ${host} is ${status}${stoppedBy === null ? '' : `: ${stoppedBy}`}`,
    '',
    counts,
    '',
    ...running.map(({ name, operation, taskId }) => `- ▶ \`${name}\` ${operation}, task ${taskId}`),
    ...problems.map(({ name, operation, message }) => `- ✘ \`${name}\` ${operation}: ${message}`),
  ].join('\n');
}
