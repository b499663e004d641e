/** A text from somebody else without what a terminal would take for a command. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** The same for a text of several lines. */
export const printableLines = (text: string): string => text.split(/\r?\n/).map(printable).join('\n');
