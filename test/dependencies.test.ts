import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { bundleWorkflowCode } from '@temporalio/worker';

const require = createRequire(import.meta.url);
const manifestOf = (name: string, from = require) => {
  const path = from.resolve(`${name}/package.json`);
  return { path, version: (from(path) as { version: string }).version };
};

describe('the installed dependencies', () => {
  test('have protobufjs 8 at the top, without which histories in JSON cannot be replayed', () => {
    expect(manifestOf('protobufjs').version).toMatch(/^8\./);
  });

  test.each(['common', 'proto', 'client', 'worker', 'testing'])(
    'give @temporalio/%s that same copy of protobufjs, so that its types are one and the same everywhere',
    (name) => {
      const fromPackage = createRequire(require.resolve(`@temporalio/${name}/package.json`));
      expect(manifestOf('protobufjs', fromPackage)).toEqual(manifestOf('protobufjs'));
    },
  );

  test('are of one version of the Temporal SDK', () => {
    const names = ['activity', 'client', 'common', 'envconfig', 'testing', 'worker', 'workflow', 'proto'];
    expect(new Set(names.map((name) => manifestOf(`@temporalio/${name}`).version)).size).toBe(1);
  });

  test("load the worker's native code into the test runner", () => {
    expect(bundleWorkflowCode).toBeInstanceOf(Function);
  });
});
