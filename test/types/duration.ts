/** Durations are checked by the compiler, ours and the SDK's. The compiler is the test: nothing here is run. */
import type { Duration } from '@temporalio/common';
import type { DurationText } from '../../src/model/deadline.ts';

export const ofTheSdk: readonly Duration[] = ['30s', '5 minutes', 250];
// @ts-expect-error -- `npm ls ms` finds types for it only through "paths" in tsconfig.json
export const nonsenseOfTheSdk: Duration = 'banana';

export const ours: readonly DurationText[] = ['500ms', '30s', '1.5h'];
// @ts-expect-error -- a word is no duration
export const nonsense: DurationText = 'banana';
// @ts-expect-error -- a number lacks its unit
export const withoutUnit: DurationText = '30';
// @ts-expect-error -- days are not used: nothing takes that long
export const withUnknownUnit: DurationText = '3d';
