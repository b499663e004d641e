import { z } from 'zod';

export const syncPowerStateSchema = z
  .strictObject({
    startAgain: z.boolean().optional().describe('start a guest again that ran and is found to have stopped or crashed'),
  })
  .meta({ examples: [{}] });
export type SyncPowerStateInput = z.infer<typeof syncPowerStateSchema>;
