import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a stream; none where it is no terminal or the user does not want any (NO_COLOR, FORCE_COLOR=0). */
export function colorsFor(stream: WriteStream): Colors {
  // Where the stream is no terminal there is no such property, and the library would colour under CI.
  return pc.createColors('isTTY' in stream && stream.hasColors());
}

/** Colours for standard output. */
export const colors = colorsFor(process.stdout);
