/** What a new guest is given: by create, and anew by rebuild. */
import { z } from 'zod';
import { isBase64 } from '../model/base64.ts';

/** As Nova takes it from 2.94 on: with dots, too. */
export const hostnameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9-._]*$/, 'may have letters, digits and -._ only');

/** Callers write the name of one of their key pairs; the client puts the key itself in its place. */
export const serverKeySchema = z.union([
  z.string().min(1).max(255),
  z.strictObject({ name: z.string().min(1).max(255), type: z.literal('ssh'), publicKey: z.string().min(1) }),
]);

/** An input with the key that was named. */
export type WithKey<Input extends { readonly key?: unknown }> = Omit<Input, 'key'> & {
  readonly key?: Exclude<Input['key'], string>;
};

const base64Schema = z.string().refine(isBase64, 'must be base64');

/** 48 KiB in base64, as Nova's. */
export const userDataSchema = base64Schema.max(65_535);

/** Nova's quotas. */
export const mostFiles = 5;
export const longestPath = 255;
export const mostBytesOfAFile = 10_240;

export const filesSchema = z
  .array(
    z.strictObject({
      path: z.string().min(1).max(longestPath),
      contents: base64Schema
        .max(2 * mostBytesOfAFile)
        .refine(
          (text) => Buffer.from(text, 'base64').length <= mostBytesOfAFile,
          `has more than ${mostBytesOfAFile} bytes`,
        ),
    }),
  )
  .max(mostFiles);

/** Addresses that a guest is reached at, by what their owner says. One of IPv6 is written as RFC 5952 has it. */
export const accessIPv4Schema = z.ipv4();
export const accessIPv6Schema = z.ipv6().overwrite((text) => {
  const url = `http://[${text}]`;
  // Addresses of the web are written so.
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : text;
});

export const userDataText =
  'for cloud-init or whatever sets the guest up, in base64; sealed before it leaves the client';
export const filesText = 'files that it is to have, contents in base64; sealed before they leave the client';
export const keyText = 'name of the key pair that lets its owner log in';
export const hostnameText = 'what the guest calls itself';
export const accessText = 'where its owner says that it is reached';
