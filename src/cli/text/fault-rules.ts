import type { FaultRule } from '../../../activities/drivers/simulated/fault-rules.ts';
import type { Colors } from '../../dev/colors.ts';
import { table, type Column } from './table.ts';
import { moment } from './time.ts';

/** A rule, and where it is counted how often it has struck. */
type CountedRule = FaultRule & { readonly uses?: number };

/** A rule for programs. */
export const representFaultRule = (rule: CountedRule) => ({
  id: rule.id,
  host: rule.host ?? null,
  unit: rule.unit,
  step: rule.step ?? null,
  instance_id: rule.instance ?? null,
  direction: rule.direction ?? null,
  misbehaviour: rule.misbehaviour,
  set_at: rule.setAt,
  ...(rule.uses !== undefined && { uses: rule.uses }),
});

/** Rules as a table. */
export function faultRuleTable(rules: readonly CountedRule[], colors: Colors): string {
  const columns: Column<CountedRule>[] = [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'HOST', cell: ({ host }) => host ?? 'all' },
    { head: 'UNIT', cell: ({ unit }) => unit },
    { head: 'STEP', cell: ({ step }) => step ?? 'all' },
    { head: 'DIRECTION', cell: ({ direction }) => direction ?? 'all' },
    { head: 'INSTANCE', cell: ({ instance }) => instance ?? 'all' },
    { head: 'MISBEHAVIOUR', cell: (rule) => misbehaviourText(rule) },
    { head: 'SET', cell: ({ setAt }) => moment(setAt) },
  ];
  return table(columns, rules, colors);
}

function misbehaviourText({ misbehaviour, uses }: CountedRule): string {
  switch (misbehaviour.kind) {
    case 'fail':
      return `fails for good, ${misbehaviour.moment} its effect`;
    case 'failTimes': {
      const struck = uses === undefined ? '' : `, ${uses} of them so far`;
      return `fails ${misbehaviour.times} times, ${misbehaviour.moment} its effect${struck}`;
    }
    case 'hang':
      return 'hangs';
    case 'delay':
      return `takes ${misbehaviour.duration} longer, or until cleared`;
    case 'die':
      return `kills its worker, once, ${misbehaviour.moment} its effect${uses ? ': done' : ''}`;
    case 'repeat':
      return `is delivered three times, two of them at once${uses ? ': done' : ''}`;
    case 'ignore':
      return 'is ignored by the guest';
    case 'dirty':
      return `memory is written ${misbehaviour.rate} times as fast as it is copied`;
  }
}
