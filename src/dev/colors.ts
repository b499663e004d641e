import pc from 'picocolors';

/** Colours for standard output; none where it is no terminal (then it has no `isTTY`), which the library would colour under CI. */
export const colors = pc.createColors('isTTY' in process.stdout && process.stdout.hasColors());
