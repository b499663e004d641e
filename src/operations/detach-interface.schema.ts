import { z } from 'zod';

export const detachInterfaceSchema = z
  .strictObject({ port: z.uuid().describe('id of the port') })
  .meta({ examples: [{ port: '5b1c2f0e-3d77-4c35-9a51-0b6f3a9d8c21' }] });
export type DetachInterfaceInput = z.infer<typeof detachInterfaceSchema>;
