import type { NewFaultRule } from '../../activities/drivers/simulated/fault-rules.ts';
import { UsageError } from './usage-error.ts';

/** The options that say how a unit is to misbehave: one of them is given. */
interface Ways {
  readonly fail?: 'permanent' | undefined;
  readonly failTimes?: number | undefined;
  readonly hang?: true | undefined;
  readonly delay?: string | undefined;
  readonly die?: 'before' | 'after' | undefined;
  readonly repeat?: true | undefined;
  readonly ignore?: true | undefined;
  readonly dirty?: number | undefined;
  readonly moment: 'before' | 'after';
}

/** The misbehaviour that the options ask for. Throws {@link UsageError}. */
export async function toMisbehaviour(ways: Ways): Promise<NewFaultRule['misbehaviour']> {
  const { fail, failTimes, hang, delay, die, repeat, ignore, dirty, moment } = ways;
  if (fail !== undefined) return { kind: 'fail', moment };
  if (failTimes !== undefined) return { kind: 'failTimes', times: failTimes, moment };
  if (hang !== undefined) return { kind: 'hang' };
  if (delay !== undefined) return { kind: 'delay', duration: await parseDuration(delay) };
  if (die !== undefined) return { kind: 'die', moment: die };
  if (repeat !== undefined) return { kind: 'repeat' };
  if (ignore !== undefined) return { kind: 'ignore' };
  if (dirty !== undefined) return { kind: 'dirty', rate: dirty };
  throw new UsageError(
    'say how to misbehave: --fail permanent, --fail-times, --hang, --delay, --die, --repeat, --ignore or --dirty',
  );
}

async function parseDuration(text: string) {
  const { durationSchema } = await import('../../activities/drivers/simulated/options.ts');
  const parsed = durationSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--delay: ${parsed.error.issues[0]?.message ?? 'no duration'}`);
}
