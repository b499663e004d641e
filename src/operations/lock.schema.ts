import { z } from 'zod';

export const lockSchema = z
  .strictObject({
    reason: z.string().min(1).max(255).optional().describe('what whoever is refused is told'),
    forAdmins: z.boolean().optional().describe('whether members may not take it away'),
  })
  .meta({ examples: [{}, { reason: 'under audit' }] });
export type LockInput = z.infer<typeof lockSchema>;
