import { z } from 'zod';

export const unshelveSchema = z
  .strictObject({
    host: z.string().min(1).optional().describe('the only host that will do, for an instance that is on none'),
  })
  .meta({ examples: [{}] });
export type UnshelveInput = z.infer<typeof unshelveSchema>;
