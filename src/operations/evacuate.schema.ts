import { z } from 'zod';

export const evacuateSchema = z
  .strictObject({
    host: z.string().min(1).optional().describe('the only host that will do'),
  })
  .meta({ examples: [{}] });
export type EvacuateInput = z.infer<typeof evacuateSchema>;
