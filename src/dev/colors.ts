import pc from 'picocolors';

/** Colours for standard output; none where it is no terminal, which the library would colour under CI. */
export const colors = pc.createColors(Boolean(process.stdout.isTTY) && process.stdout.hasColors());
