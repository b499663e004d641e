/** Histories of earlier versions replayed against the workflows as they are now: whatever runs when they are deployed goes on. */
import { describe, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { operations } from '../../src/operations/index.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';
import { readHistory, recordedHistories } from './histories.ts';

// What a replay has to say it says by how it ends.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});

const files = await recordedHistories();
const codePath = await workflowBundle();
const tracedPath = await workflowBundle({ traced: true });

const replay = (history: unknown, path = codePath): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { codePath: path } }, history);

/** The same history with these words replaced. */
const doctored = (history: unknown, words: string, by: string): unknown =>
  JSON.parse(JSON.stringify(history).replaceAll(words, by));

test('every operation and every other workflow has a golden history', () => {
  // What changes the record alone has no workflow; it is in the history of the instance.
  const withWorkflow = Object.values(operations).filter(({ kind }) => kind !== 'record');
  const others = ['instance-with-several-tasks', 'host', 'payDebts', 'drainHost', 'evacuateHost', 'durations'];
  const types = [...withWorkflow.map(({ name }) => name), ...others];
  expect(files).toEqual(expect.arrayContaining(types.map((type) => `${type}.json`)));
});

test.each(files)('%s is replayed to its end', async (file) => {
  await replay(await readHistory(file));
});

test.each(files)('%s is replayed to its end by workers that trace', async (file) => {
  await replay(await readHistory(file), tracedPath);
});

describe('a replay notices', () => {
  test('a unit that the code no longer runs', async () => {
    const history = doctored(await readHistory('resize.json'), '"name":"copyDisk"', '"name":"moveDisk"');
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });

  test('a step of another name', async () => {
    const history = doctored(await readHistory('resize.json'), '"activityId":"copyDisk"', '"activityId":"copy"');
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });

  test('a task that an instance no longer starts', async () => {
    const history = doctored(await readHistory('instance-with-several-tasks.json'), '"name":"stop"', '"name":"halt"');
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });
});
