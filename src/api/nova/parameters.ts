/** Types that many requests take: Nova's `parameter_types`. */
import { z } from 'zod';
import { isBase64 } from '../../model/base64.ts';
import { badName } from './complaint.ts';
import type { Microversion } from './microversion.ts';
import { repr } from './python-words.ts';

/** A sentence of jsonschema's for a value that is wrong. */
const complain = (words: (value: string) => string) => ({
  error: ({ input }: { readonly input: unknown }) => words(repr(input)),
});

const isPrintable = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(text);

/** 1 to 255 printable characters without space around them. */
export const name = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => text.trim() === text && isPrintable(text), badName);

export const description = z
  .string()
  .max(255)
  .refine(
    isPrintable,
    complain((value) => `${value} is not a 'description'`),
  )
  .nullable();

/** Of a host: a key that may be null. */
export const host = z.union(
  [
    z
      .string()
      .min(1)
      .max(255)
      .regex(/^[a-zA-Z0-9-._]*$/),
    z.null(),
  ],
  {
    error: ({ input }) => (typeof input === 'string' ? undefined : `${repr(input)} is not of type 'string', 'null'`),
  },
);

/** What a guest calls itself: from 2.94 on with dots, too. */
export const hostname = (version: Microversion) =>
  version >= 94
    ? z
        .string()
        .regex(/^[a-zA-Z0-9-._]*$/)
        .min(1)
        .max(255)
    : z
        .string()
        .regex(/^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/)
        .min(2)
        .max(63);

const base64 = z.string().refine(
  isBase64,
  complain((value) => `${value} is not a 'base64'`),
);

/** 48 KiB, as base64. */
export const userData = base64.max(65_535);

/** Files that a guest is to have. */
export const personality = z.array(z.strictObject({ path: z.string(), contents: base64 }));

export const addresses = { accessIPv4: z.ipv4().nullish(), accessIPv6: z.ipv6().nullish() } as const;

const truths = ['True', 'true', 'TRUE', '1', 'on', 'On', 'ON', 'YES', 'Yes', 'yes'];
const untruths = ['False', 'false', 'FALSE', '0', 'off', 'Off', 'OFF', 'NO', 'No', 'no'];
const allBooleans = [...truths, ...untruths].sort();

/** JSON's, or a word for one. */
export const boolean = z.union([z.boolean(), z.string()]).transform((value, context) => {
  if (typeof value === 'boolean') return value;
  if (truths.includes(value)) return true;
  if (untruths.includes(value)) return false;
  const choice = `[${allBooleans.map((word) => repr(word)).join(', ')}, False, True]`;
  context.addIssue({ code: 'custom', message: `${repr(value)} is not one of ${choice}` });
  return z.NEVER;
});

/** A whole number, or its digits. */
export const wholeNumber = (minimum: number) =>
  z
    .union(
      [z.int(), z.string()],
      complain((value) => `${value} is not of type 'integer', 'string'`),
    )
    .transform((value, context) => {
      const complaint = complaintOfNumber(value, minimum);
      if (complaint === null) return Number(value);
      context.addIssue({ code: 'custom', message: complaint });
      return z.NEVER;
    });

function complaintOfNumber(value: string | number, minimum: number): string | null {
  if (typeof value === 'string' && !/^[0-9]*$/.test(value)) return `${repr(value)} does not match '^[0-9]*$'`;
  if (value === '') return `'' is too short`;
  return Number(value) < minimum ? `${repr(value)} is less than the minimum of ${minimum}` : null;
}

/** UUID, in any case. */
export const uuid = z.guid();

export const metadata = z.record(z.string().regex(/^[a-zA-Z0-9-_:. ]{1,255}$/), z.string().max(255));

export const tag = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^,/]*$/);
export const tags = z.array(tag).max(50);

export const flavorRef = z
  .union(
    [z.string().min(1), z.int()],
    complain((value) => `${value} is not of type 'string', 'integer'`),
  )
  .transform(String);

export const diskConfig = z.enum(['AUTO', 'MANUAL']);

/** Times of a query. */
export const dateTime = z.string().transform((text, context) => {
  const time = new Date(
    /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? withZone(text) : NaN,
  );
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  context.addIssue({ code: 'custom', message: `${repr(text)} is not a 'date-time'` });
  return z.NEVER;
});

/** What fits none of several schemas, with nothing said of each. */
export const anyOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.unknown().transform((value, context): z.output<Schema> => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: `${repr(value)} is not valid under any of the given schemas` });
    return z.NEVER;
  });

/** Nova takes times without a zone for UTC. */
const withZone = (text: string): string =>
  /[T ].*(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : text.length > 10 ? `${text}Z` : text;

/** A parameter that is given once. */
export const once = <Schema extends z.ZodType>(schema: Schema) => z.tuple([schema]).transform(([value]) => value);

/** A limit or a number in a query. */
export const digits = z
  .string()
  .regex(/^[0-9]*$/)
  .transform(Number);
