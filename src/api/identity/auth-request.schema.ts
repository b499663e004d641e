/** What OpenStack's clients prove with who they are: Identity v3. */
import { z } from 'zod';

const domain = z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional();
const user = z.looseObject({ id: z.string().optional(), name: z.string().optional(), domain });

export const authRequestSchema = z.looseObject({
  auth: z.looseObject({
    identity: z.looseObject({
      methods: z.array(z.string()).min(1),
      password: z.looseObject({ user: user.extend({ password: z.string().max(4_096) }) }).optional(),
      application_credential: z
        .looseObject({
          id: z.string().optional(),
          name: z.string().optional(),
          user: user.optional(),
          secret: z.string().max(4_096),
        })
        .optional(),
      token: z.looseObject({ id: z.string() }).optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z.looseObject({
          project: z.looseObject({ id: z.string().optional(), name: z.string().optional(), domain }).optional(),
        }),
      ])
      .optional(),
  }),
});
export type AuthRequest = z.infer<typeof authRequestSchema>['auth'];
