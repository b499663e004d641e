import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { injectNmi } from './units/index.ts';
import { hostOf, mayRun, needsHost } from './where.ts';

/** What the guest makes of it shows later: one that stops over it is noticed as any other that does. */
export const triggerCrashDump = operation<NoInput>()({
  name: 'triggerCrashDump',
  purpose: 'Sends the guest a non-maskable interrupt, upon which a kernel that is set up for it writes a crash dump.',
  allowedFrom: ['active', 'paused', 'rescued', 'resized', 'error'],
  refusal: ({ instance }) => needsHost({ instance }) ?? (mayRun({ instance }) ? null : 'its guest does not run'),
})
  .step('interrupt', {
    taskState: null,
    event: 'compute_trigger_crash_dump',
    deadline: '2m',
    unit: injectNmi,
    on: hostOf,
    with: () => ({}),
  })
  .keepsState();
