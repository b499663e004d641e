/** Nova writes times in two ways. Both take ISO 8601 in UTC, as all times here are. */

/** `2026-01-31T10:20:30Z` */
export const toSeconds = (time: string): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** `2026-01-31T10:20:30.123000`: clients fail over a zone here. */
export const toMicroseconds = (time: string): string => `${new Date(time).toISOString().slice(0, 23)}000`;
