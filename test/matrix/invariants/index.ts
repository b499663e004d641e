/** What must hold after each case. */
import type { Trial } from '../trial.ts';
import type { Violation } from '../violation.ts';
import { recordEqualsHypervisor } from './agreement.ts';
import { disksKeepTheirContents, effectsAreDoneOnce } from './effects.ts';
import { endsRight } from './end.ts';
import type { Expected } from './expected.ts';
import { outcomeIsDeclared } from './outcome.ts';
import { actionsProject, faultsProject } from './projections.ts';

/** As soon as the task has ended. */
export const checkEnd = async (trial: Trial, expected: Expected): Promise<Violation[]> => [
  ...endsRight(trial, expected),
  ...(await faultsProject(trial)),
  ...(await actionsProject(trial)),
];

/** Once a person has had recovered what is to be recovered, and debts are paid. */
export const checkSettled = async (trial: Trial, expected: Expected): Promise<Violation[]> => [
  ...(await outcomeIsDeclared(trial, expected)),
  ...(await recordEqualsHypervisor(trial.subject)),
  ...(await effectsAreDoneOnce(trial, expected)),
  ...(await disksKeepTheirContents(trial)),
];
