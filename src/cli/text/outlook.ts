/** What lies ahead of a task, in words. */
import type { Outlook } from '../../model/progress.ts';
import { duration } from './time.ts';

/** What is said of a task that takes unusually long. */
export const slowText = 'slower than 95 % of its kind';

/** A fraction of a second left is not worth a figure: it is wrong when it has been read. */
const leastMs = 1_000;

export const leftText = (remainingMs: number): string =>
  remainingMs < leastMs ? 'about to end' : `about ${duration(roundly(remainingMs))} left`;

/** To the second. */
const roundly = (ms: number): number => Math.round(ms / 1_000) * 1_000;

/** `43 %, about 12s left, slower than 95 % of its kind`. */
export function outlookText({ progress, remainingMs, slow }: Outlook, { ended }: { readonly ended: boolean }): string {
  const left = remainingMs === null || ended ? [] : [leftText(remainingMs)];
  return [`${Math.round(progress * 100)} %`, ...left, ...(slow ? [slowText] : [])].join(', ');
}
