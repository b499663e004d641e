/** What is wrong with a command line is found before anybody is asked for anything. */
import { expect, test } from '@jest/globals';
import { toFailure } from '../../src/cli/failure.ts';
import { createProgram } from '../../src/cli/program.ts';

/** What a command line fails with. */
const failureOf = async (...words: string[]) =>
  createProgram()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(words, { from: 'user' })
    .then(() => null, toFailure);

test.each([
  [['run', 'frobnicate', 'x'], 'INVALID_INPUT', /only attachInterface, .*, unshelve/],
  [['run', 'reboot', 'x', '--set', 'typ=HARD'], 'INVALID_INPUT', /only type, softTimeoutSeconds/],
  [['run', 'reboot', 'x', '--set', 'type=WARM'], 'INVALID_INPUT', /"SOFT"\|"HARD"/],
  [['run', 'resize', 'x', '--set', 'flavor=m9'], 'INVALID_INPUT', /only m1.tiny/],
  [['run', 'start', 'x', '--set', 'now=true'], 'INVALID_INPUT', /takes nothing/],
  [['run', 'create', 'x'], 'USAGE', /itask create/],
  [['run', 'stop', 'x', '--at', 'tomorrow'], 'INVALID_INPUT', /startAt: takes a time such as/],
  [['run', 'stop', 'x', '--after', 'x'], 'INVALID_INPUT', /after: takes the id of a task/],
  [['create', 'x', '--flavor', 'm1.tiny', '--image', 'cirros', '--at', '-1m'], 'INVALID_INPUT', /startAt/],
  [['run', 'reboot', 'x', '--set', 'type'], 'USAGE', /KEY=VALUE/],
  [['run', 'reboot', 'x', '--input', '[1]'], 'USAGE', /JSON object/],
  [['run', 'reboot'], 'USAGE', /missing required argument/],
  [['create', 'x', '--image', 'cirros'], 'USAGE', /--flavor/],
  [['create', 'x', '--flavor', 'm1.tiny', '--image', 'windows'], 'INVALID_INPUT', /only cirros/],
  [['create', ' x', '--flavor', 'm1.tiny', '--image', 'cirros'], 'INVALID_INPUT', /white space/],
  [['operations', 'frobnicate'], 'INVALID_INPUT', /only attachInterface, .*, unshelve/],
  [['list', '--limt', '1'], 'USAGE', /Did you mean --limit/],
  [['list', '--limit', '0'], 'USAGE', /1 or more/],
  [['list', '-o', 'yaml'], 'USAGE', /table, json/],
  [['show', 'x', '--config', '/no/such/file'], 'USAGE', /cannot be read/],
  [['fault', 'set', '--unit', 'nothing', '--hang'], 'USAGE', /no unit and no operation is called "nothing"/],
  [['fault', 'set', '--unit', 'reboot'], 'USAGE', /how to misbehave/],
  [['fault', 'set', '--unit', 'reboot', '--hang', '--die', 'before'], 'USAGE', /cannot be used with/],
  [['fault', 'set', '--unit', 'reboot', '--delay', 'long'], 'USAGE', /duration/],
  [['worker'], 'USAGE', /--control/],
  [['worker', '--host', 'nowhere'], 'USAGE', /only host-1/],
  [['worker', '--control', '--build-id', '1'], 'USAGE', /go together/],
  [['frobnicate'], 'USAGE', /unknown command/],
  [[], 'USAGE', /a command is missing/],
])('%j is exit 2, %s', async (words, code, message) => {
  expect(await failureOf(...words)).toMatchObject({ exitCode: 2, code, message: expect.stringMatching(message) });
});

test('every command says what it is for', () => {
  const undescribed = (commands: ReturnType<typeof createProgram>['commands']): string[] =>
    commands.flatMap((command) => [
      ...(command.description() === '' ? [command.name()] : []),
      ...undescribed(command.commands),
    ]);
  expect(undescribed(createProgram().commands)).toEqual([]);
});
