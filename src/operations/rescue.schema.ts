import { z } from 'zod';

export const rescueSchema = z
  .strictObject({
    image: z
      .string()
      .min(1)
      .optional()
      .describe("name, or id, of the image to start from; the instance's own where absent"),
  })
  .meta({ examples: [{}, { image: 'cirros' }] });
export type RescueInput = z.infer<typeof rescueSchema>;
