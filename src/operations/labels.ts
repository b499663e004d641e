/** What people note of an instance: metadata and tags, within Nova's bounds. */

/** So many items of metadata one instance may have, as by Nova's default quota. */
export const mostMetadata = 128;
/** So many tags one instance may have. */
export const mostTags = 50;

export const metadataKeyPattern = /^[A-Za-z0-9\-_:. ]+$/;

/** Whether there are more than so many, in words; null when there are not. */
export const tooMany = (what: string, count: number, most: number): string | null =>
  count > most ? `it would have ${count} ${what}; an instance may have ${most}` : null;
