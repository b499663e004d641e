/** The matrix finds what it is there to find: defects that are planted, each by its operation, its step and what is broken. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { operations } from '../../../src/operations/index.ts';
import { startFleet, type Fleet } from '../../support/fleet.ts';
import { workflowBundle } from '../../support/workflow-bundle.ts';
import type { Choice } from '../cases.ts';
import { fleetOptionsFor } from '../lane.ts';
import { runMatrix } from '../matrix.ts';
import { failuresOf } from '../report.ts';
import { defects } from './defects.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({
    ...fleetOptionsFor(2),
    workflowBundle: await workflowBundle({ preloaded: path('plant.ts') }),
    hostWorkerScript: path('forgetful-worker.ts'),
  });
});
afterAll(() => fleet.dispose());

/** What the matrix finds wrong with the spoilt product, as it would with a sound one. */
async function findings(choice: Choice): Promise<string> {
  const declarations = { ...operations, ...defects };
  const options = { declarations, lanes: 2, seed: 1, choice, extent: 'all', report: () => undefined } as const;
  return failuresOf(await runMatrix(fleet, options), 1).join('\n');
}

describe('the matrix finds', () => {
  test('an undo that was left out: the port is still there after the step has failed', async () => {
    const found = await findings({ operation: 'create', step: 'network', way: 'failsAfter' });
    expect(found).toMatch(/^create network failsAfter\n[^]*port: on lane-\d-a is true, should be undefined/);
    expect(found).toContain('alone: npm run matrix -- --operation create --step network --way failsAfter --seed 1');
  });

  test('a claim that is kept, even where nothing fails', async () => {
    const found = await findings({ operation: 'confirmResize', step: 'removeOldDisk', way: 'failsOnce' });
    expect(found).toMatch(/^confirmResize undisturbed[^]*claims: on lane-\d-a is \[/);
    expect(found).toMatch(/\nconfirmResize removeOldDisk failsOnce\n[^]*claims: on lane-\d-a is \[/);
  });

  test('an effect that is done twice when its worker dies before it can tell', async () => {
    const found = await findings({ operation: 'reboot', step: 'hardReboot', way: 'killedAfter' });
    expect(found).toMatch(/^reboot hardReboot killedAfter\n[^]*effects: is \[[^\]]*again/);
  });

  test('nothing where nothing is wrong', async () => {
    expect(await findings({ operation: 'pause', way: 'failsAfter' })).toBe('');
  });
});
