/** What a kill -9 does to a real Nova and to ours, side by side: the cases of test/kills. */
import { killCases, type KillCase } from '../../test/kills/cases.ts';
import { code, table } from './markdown.ts';

export function killsPage(): string {
  return [
    '# kill -9, here and in Nova',
    'Nova 26.2.2 (Zed) with its fake driver was killed in the middle of these operations and started again; what is said ' +
      'of it was so two minutes later, and "for ever" means: still so then. `test/kills` does the same here, in CI: ' +
      'the worker is killed in the middle of the step, and the task goes on when it is back, or when another worker of ' +
      'the host takes it.',
    section('nova-compute', 'here: the workers of both hosts'),
    section('nova-conductor', 'here: the control worker'),
  ].join('\n\n');
}

function section(killed: KillCase['killed'], ours: string): string {
  const head = [
    'operation',
    'Nova ends in',
    'its action',
    'was it done?',
    'killed here in',
    'the task here',
    'ends in',
  ];
  const rows = killCases
    .filter((one) => one.killed === killed)
    .map(({ words, nova, operation, step, leadsTo }) => [
      words,
      nova.endsIn,
      nova.action,
      nova.done,
      code(`${operation}.${step}`),
      'COMPLETED, every event a success',
      code(leadsTo),
    ]);
  return [`## ${killed} killed (${ours})`, table(head, rows)].join('\n\n');
}
