/** What may be said of key pairs: Nova's schemas, by version. */
import { z } from 'zod';
import { unexpected } from './complaint.ts';
import type { Microversion } from './microversion.ts';
import { digits, name } from './parameters.ts';
import { repr } from './python-words.ts';

/** From 2.92 on with dots and @, as in addresses. */
const nameOf = (version: Microversion) => {
  const [pattern, words] =
    version >= 92
      ? [/^[-_@. a-zA-Z0-9]+$/, '^[_\\\\-\\\\@\\\\. a-zA-Z0-9]+$']
      : [/^[-_ a-zA-Z0-9]+$/, '^[_\\\\- a-zA-Z0-9]+$'];
  return name.refine((text) => pattern.test(text), {
    error: ({ input }) => `${repr(input)} does not match '${words}'`,
  });
};

/** The body, as that version takes it. */
export function newKeyPairSchema(version: Microversion) {
  const full = z.strictObject({
    name: nameOf(version),
    type: z.enum(['ssh', 'x509']).optional(),
    public_key: z.string().optional(),
    user_id: z.string().optional(),
  });
  const keypair: z.ZodType<z.output<typeof full>> = version >= 92 ? full.required({ public_key: true }) : full;
  const later = { type: 2, user_id: 10 } as const;
  return z.strictObject({
    keypair: keypair.superRefine((value, context) => {
      const early = (['type', 'user_id'] as const).filter((key) => value[key] !== undefined && version < later[key]);
      if (early.length > 0) context.addIssue({ code: 'custom', message: unexpected(early) });
    }),
  });
}

const words = z.array(z.string()).optional();

export interface KeyPairsQuery {
  readonly user_id?: string[] | undefined;
  readonly limit?: number[] | undefined;
  readonly marker?: string[] | undefined;
}

const ofUser = { user_id: words } as const;
const ofPage = { ...ofUser, limit: z.array(digits).optional(), marker: words } as const;

/** The query of a list, or of one of them; unknown parameters are ignored up to 2.74. */
export function keyPairsQuerySchema(version: Microversion, of: 'all' | 'one'): z.ZodType<KeyPairsQuery> {
  if (version < 10) return z.object({});
  if (of === 'one' || version < 35) return version < 75 ? z.object(ofUser) : z.strictObject(ofUser);
  return version < 75 ? z.object(ofPage) : z.strictObject(ofPage);
}
