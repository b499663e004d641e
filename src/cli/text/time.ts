import prettyMilliseconds from 'pretty-ms';

/** How long something took or takes, for people: `350ms`, `1.2s`, `2m 5s`. */
export const duration = (milliseconds: number): string =>
  prettyMilliseconds(Math.max(0, Math.round(milliseconds)), { unitCount: 2 });

/** The time between two moments; up to now where the second is missing, empty where it has not begun. */
export function between(startedAt: string | null, endedAt: string | null): string {
  if (startedAt === null) return '';
  return duration((endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** A moment, to the second. Always UTC: logs and histories are, too. */
export const moment = (time: string | null): string => (time === null ? '' : `${time.slice(0, 19).replace('T', ' ')}Z`);
