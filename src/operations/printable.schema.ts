import { z } from 'zod';

/**
 * What controls terminals and breaks lines. The range is spelled out, not named by `\p{Cc}`: the pattern is published in
 * JSON Schema, and not every reader of those knows classes of Unicode.
 */
// eslint-disable-next-line no-control-regex -- they are what is refused
const withoutControls = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Text that may be shown as it is. */
export const printableSchema = z.string().regex(withoutControls, 'must not contain control characters');
