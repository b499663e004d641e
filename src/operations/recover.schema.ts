import { z } from 'zod';
import { recoveryDecisions } from '../model/task.ts';

export const recoverSchema = z
  .strictObject({
    decision: z
      .enum(recoveryDecisions)
      .default('retry')
      .describe('retry the undo that failed, skip it, or take it as done by hand'),
    step: z.string().min(1).optional().describe('the step whose undo is meant; the one that failed where absent'),
  })
  .meta({ examples: [{ decision: 'retry' }] });
export type RecoverInput = z.infer<typeof recoverSchema>;
