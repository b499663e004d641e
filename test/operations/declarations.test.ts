import { describe, expect, test } from '@jest/globals';
import { milliseconds } from '../../src/model/deadline.ts';
import { operations } from '../../src/operations/index.ts';
import { inputSchemas } from '../../src/operations/schemas.ts';
import * as workflows from '../../workflows/operations.ts';

const all = Object.entries(operations);

describe.each(all)('the operation %s', (name, operation) => {
  test('is named as it is registered', () => {
    expect(operation.name).toBe(name);
  });

  test('is a workflow type of its own', () => {
    expect(Object.keys(workflows)).toContain(name);
  });

  test('has an input schema', () => {
    expect(Object.keys(inputSchemas)).toContain(name);
  });

  test('leaves more time to each step than a unit may wait for a host', () => {
    for (const step of operation.steps) expect(milliseconds(step.deadline)).toBeGreaterThan(20_000);
  });

  test('says of each unit of a host on which host it runs', () => {
    for (const step of operation.steps) {
      if (step.unit.runsOn === 'host') expect(step).toHaveProperty('on');
      if (step.undo?.unit.runsOn === 'host') expect(step.undo).toHaveProperty('on');
    }
  });

  test('takes back whatever a step acquires before the point of no return', () => {
    const closed = operation.steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn === true);
    const open = closed < 0 ? operation.steps : operation.steps.slice(0, closed);
    for (const step of open) if (step.unit.acquires !== null) expect(step.undo).toBeDefined();
  });

  test('owes only what a host can be owed', () => {
    for (const step of operation.steps) if (step.owedWhen !== undefined) expect(step.unit.runsOn).toBe('host');
  });
});
