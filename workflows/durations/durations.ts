import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { agedDurations, mergeDurations, type Durations } from '../../src/model/durations.ts';
import { isOperationName } from '../../src/operations/index.ts';
import { durationsQuery, learnDurations } from '../messages.ts';
import { versioned } from '../versioning.ts';

/** A run is handed over after so many events: replaying it stays a matter of milliseconds. */
const eventsPerRun = 1_000;

/**
 * What the tasks of all instances have taken so far, one for a namespace: control workers tell it every few seconds. Its
 * size is bounded by the catalogue of operations and the buckets of a histogram. Temporal's own cancel is ignored.
 */
export async function durations(known: Durations = {}): Promise<void> {
  let state = known;
  setHandler(durationsQuery, () => state, { description: 'What past tasks have taken, by operation and step.' });
  setHandler(
    learnDurations,
    (lessons) => {
      state = agedDurations(mergeDurations(state, ofKnownOperations(lessons)));
    },
    { description: 'What tasks that ended lately have taken.' },
  );
  const isDue = () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventsPerRun;
  await CancellationScope.nonCancellable(async () => {
    await condition(isDue);
    await condition(allHandlersFinished);
    await makeContinueAsNewFunc<typeof durations>()(ofKnownOperations(state));
  });
}
setWorkflowOptions(versioned('AUTO_UPGRADE'), durations);

/** An operation that is no longer in the catalogue is forgotten. */
const ofKnownOperations = (all: Durations): Durations =>
  Object.fromEntries(Object.entries(all).filter(([operation]) => isOperationName(operation)));
