import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import type { Colors } from '../../dev/colors.ts';
import { printable } from '../text/printable.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';

/** Examines everything and says what was found, as it is found; the exit code says whether all is well. */
export async function examineAndReport(session: Session): Promise<void> {
  const { output } = session;
  const findings: Finding[] = [];
  for await (const finding of examine(session)) {
    findings.push(finding);
    output.say(findingText(finding, output.colors));
  }
  const problems = findings.filter(({ ok }) => !ok);
  const documents = findings.map(({ name, ok, message, fix }) => ({ name, ok, message, fix }));
  output.print({ ok: problems.length === 0, checks: documents }, () => verdict(problems.length));
  if (problems.length === 0) return;
  process.exitCode = problems.some(({ unreachable }) => unreachable) ? exitCodes.unreachable : exitCodes.failed;
}

function findingText({ name, ok, message, fix }: Finding, colors: Colors): string {
  const mark = ok ? colors.green('OK     ') : colors.red('PROBLEM');
  const line = `${mark}  ${name.padEnd(18)}  ${printable(message)}`;
  return fix === null ? line : `${line}\n${' '.repeat(29)}${colors.bold('fix:')} ${printable(fix)}`;
}

function verdict(problems: number): string {
  if (problems === 0) return 'All is well.';
  return problems === 1 ? 'There is one problem.' : `There are ${problems} problems.`;
}
