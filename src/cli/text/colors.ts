import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a stream; none where it is no terminal or the user does not want any (NO_COLOR, FORCE_COLOR=0). */
// For what is no terminal `isTTY` is undefined, which would leave the choice to the library.
export const colorsFor = (stream: WriteStream): Colors => pc.createColors(Boolean(stream.isTTY) && stream.hasColors());
