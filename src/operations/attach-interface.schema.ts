import { z } from 'zod';

export const attachInterfaceSchema = z
  .strictObject({
    network: z.string().min(1).max(255).describe('id of the network'),
    port: z.uuid().optional().describe('id of the port; a new one where absent'),
    fixedIp: z.union([z.ipv4(), z.ipv6()]).optional().describe('its address; the network chooses one where absent'),
  })
  .meta({
    examples: [
      { network: 'private', port: '5b1c2f0e-3d77-4c35-9a51-0b6f3a9d8c21' },
      { network: 'private', fixedIp: '10.0.0.7' },
    ],
  });
export type AttachInterfaceInput = z.infer<typeof attachInterfaceSchema>;
