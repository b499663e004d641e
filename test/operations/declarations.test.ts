import { describe, expect, test } from '@jest/globals';
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
});
