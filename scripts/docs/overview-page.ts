/** The page over all operations: the catalogue, the machine that they make, and what they do to each other. */
import type { Operation } from '../../src/model/operation.ts';
import { conflictVerdict } from '../../src/operations/conflicts.ts';
import { machineDiagram } from './diagrams.ts';
import { code, table } from './markdown.ts';

export function overviewPage(operations: readonly Operation[]): string {
  return [
    '# Operations',
    'Written by `npm run docs` from the declarations in `src/operations`: change those, not this.',
    table(
      ['operation', 'what it does', 'from', 'to'],
      operations.map(({ name, purpose, allowedFrom, leadsTo, kind }) => [
        `[${name}](${name}.md)`,
        purpose,
        allowedFrom.map(code).join(' '),
        kind === 'recovery' ? '' : leadsTo.map(code).join(' '),
      ]),
    ),
    '## The machine',
    'What an instance becomes when a task is COMPLETED. A task that fails or is cancelled is undone, and leaves the ' +
      'instance as it was; where that cannot be, the instance is in `error`, and `recover` or `delete` goes on from there.',
    machineDiagram(operations),
    '## Conflicts',
    'What becomes of a request (columns) while another task (rows) runs on the instance. Everything else is refused with ' +
      'the task in the way, and with `--queue` waits for its turn. supersede: what runs is cancelled and undone, or ' +
      'finishes where it cannot go back, then the new task starts. deliver: the running task is the answer. beside: it is done meanwhile. queue: what runs only looks; ' +
      'whatever is asked for then, also what has no column, waits for its turn.',
    conflictMatrix(operations),
    '## Faults',
    'What a task may end with: [faults](faults.md). What a kill -9 comes to, here and in Nova: [kill -9](kill-9.md).',
  ].join('\n\n');
}

/** Only the requests that are ever answered with anything but a refusal. */
function conflictMatrix(operations: readonly Operation[]): string {
  const requests = operations.flatMap(({ name }) =>
    name === 'reboot'
      ? [
          { name, words: 'reboot SOFT', input: { type: 'SOFT' } },
          { name, words: 'reboot HARD', input: { type: 'HARD' } },
        ]
      : [{ name, words: name, input: {} }],
  );
  // What changes the record alone is over when it has begun.
  const running = operations.filter(({ kind }) => kind !== 'record');
  const verdicts = requests.map((request) => ({
    ...request,
    each: running.map(({ name }) => conflictVerdict(name, request.name, request.input)),
  }));
  const columns = verdicts.filter(({ each }) => each.some((verdict) => verdict !== 'refuse' && verdict !== 'queue'));
  return table(
    ['while this runs', ...columns.map(({ words }) => words)],
    running.map(({ name }, row) => [code(name), ...columns.map(({ each }) => each[row] ?? '')]),
  );
}
