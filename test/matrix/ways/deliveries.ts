/** Steps whose unit is delivered more than once, one after the other or at the same time. */
import { eventually } from '../../support/eventually.ts';
import { completed } from '../expectation.ts';
import { brisk, held, type Stage, type Way } from './way.ts';

export const deliveredTwice: Way = {
  name: 'deliveredTwice',
  needs: 'anyStep',
  rules: [{ direction: 'run', misbehaviour: { kind: 'repeat' } }],
  strikes: 1,
  deadlineScale: brisk,
  expects: () => completed,
};

const killed = (name: string, moment: 'before' | 'after'): Way => ({
  name,
  needs: 'hostWorker',
  rules: [{ direction: 'run', misbehaviour: { kind: 'die', moment } }],
  strikes: 1,
  deadlineScale: brisk,
  expects: () => completed,
});

export const killedBefore = killed('killedBefore', 'before');
export const killedAfter = killed('killedAfter', 'after');

/** The worker of the unit is frozen; once another one has taken it over, both go on side by side. */
async function freezeAndThaw({ fleet, cell, task, release }: Stage): Promise<[]> {
  const frozen = await fleet.workerInUnit(task.id, cell.step.name);
  frozen.freeze();
  try {
    await eventually(`another worker has taken ${cell.step.name}`, async () => {
      const worker = await fleet.workerInUnit(task.id, cell.step.name);
      return worker.pid !== frozen.pid;
    });
  } finally {
    frozen.thaw();
  }
  await release();
  return [];
}

export const frozenAndThawed: Way = {
  name: 'frozenAndThawed',
  needs: 'hostWorker',
  rules: [{ direction: 'run', misbehaviour: held }],
  deadlineScale: brisk,
  meanwhile: freezeAndThaw,
  expects: () => completed,
};
