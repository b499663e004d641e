/** One request, in whatever trouble, and what came of it. */
import type { InstanceRecord, Task } from '../../src/client/index.ts';
import { milliseconds } from '../../src/model/deadline.ts';
import type { Candidate } from './candidates.ts';
import type { Case } from './cases.ts';
import type { Snapshot, Subject } from './subject.ts';
import { unlessEqual, type Violation } from './violation.ts';

export interface Trial {
  readonly subject: Subject;
  readonly before: Snapshot;
  readonly task: Task;
  /** When the task had ended, nothing recovered and no debt paid. */
  readonly record: InstanceRecord;
  readonly violations: readonly Violation[];
}

/** A guest that ignores requests is not waited for as long as a real one. */
const patience = '200ms';

/** Brings an instance into the situation, has the request carried out there, and clears what was in its way. */
export async function tryRequest(subject: Subject, candidate: Candidate, trouble?: Case): Promise<Trial> {
  const { fleet } = subject.lane;
  await subject.prepare(candidate.route);
  await subject.expectOwnLane(candidate.request);
  const before = await subject.snapshot();
  const rules = rulesFor(candidate, trouble).map((rule) =>
    fleet.hypervisors.misbehave({ ...rule, instance: subject.id }),
  );
  const releases = await Promise.all(rules);
  const release = async () => {
    for (const clear of releases) await clear();
  };
  try {
    const scale = trouble === undefined ? 1 : trouble.way.deadlineScale(trouble.cell.step);
    const task = await subject.ask(candidate.request, scale);
    const meanwhile = trouble?.way.meanwhile?.({ fleet, cell: trouble.cell, task, release }) ?? [];
    const seen = await meanwhile;
    const waits = trouble === undefined ? 0 : milliseconds(trouble.cell.step.deadline) * scale;
    const ended = await subject.ended(task, waits);
    const struck = await strikes(subject, trouble);
    return { subject, before, task: ended, record: await subject.record(), violations: [...seen, ...struck] };
  } finally {
    await release();
  }
}

function rulesFor({ request, guest }: Candidate, trouble: Case | undefined) {
  const unit = request.operation;
  const ignoring = { unit, misbehaviour: { kind: 'ignore', patience } } as const;
  const rules = (trouble?.way.rules ?? []).map((rule) => ({ ...rule, unit, step: trouble?.cell.step.name ?? '' }));
  return guest === 'ignores' ? [ignoring, ...rules] : rules;
}

/** A case in which the trouble never came would prove nothing. */
async function strikes({ lane, id }: Subject, trouble: Case | undefined): Promise<Violation[]> {
  if (trouble?.way.strikes === undefined) return [];
  return unlessEqual('trouble struck', await lane.fleet.hypervisors.strikes(id), trouble.way.strikes);
}
