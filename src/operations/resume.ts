import { operation } from '../model/operation.ts';
import type { NoInput } from './no-input.schema.ts';
import { resumeGuest } from './units/index.ts';
import { hostOf, needsHost } from './where.ts';

export const resume = operation<NoInput>()({
  name: 'resume',
  purpose: 'Brings a suspended instance back to where it was.',
  allowedFrom: ['suspended'],
  refusal: needsHost,
})
  .step('restore', {
    taskState: 'resuming',
    event: 'compute_resume_instance',
    deadline: '15m',
    unit: resumeGuest,
    on: hostOf,
    with: () => ({}),
  })
  .commits(['active'], ({ restore }) => ({
    vmState: 'active',
    powerState: restore.powerState,
    vmStateBeforeSuspend: null,
  }));
