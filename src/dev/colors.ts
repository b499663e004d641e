import pc from 'picocolors';

/** Where the stream is no terminal there is no such property, whatever its type says. */
const { isTTY = false }: { readonly isTTY?: boolean } = process.stdout;

/** Colours for standard output; none where it is no terminal, which the library would colour under CI. */
export const colors = pc.createColors(isTTY && process.stdout.hasColors());
