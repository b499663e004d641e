/** What came of the matrix, in words. */
import { caseText, type Choice } from './cases.ts';
import type { MatrixResult } from './matrix.ts';
import type { CaseResult } from './run-case.ts';
import type { Violation } from './violation.ts';

/** Everything that is wrong, each with the operation, the step, the way, what is broken, and how to see it again. */
export function failuresOf({ sightings, results, neverReached }: MatrixResult, seed: number): string[] {
  return [
    ...neverReached.map((step) => `${step}: never reached by any situation that the declarations and examples lead to`),
    ...sightings
      .filter(({ violations }) => violations.length > 0)
      .map(({ operation, situation, violations }) =>
        [`${operation} undisturbed, ${situation}`, ...violations.map(line), again({ operation }, seed)].join('\n'),
      ),
    ...results.filter(hasFailed).map(({ of, violations }) => {
      const { operation, step, trace } = of.cell;
      const choice = { operation: operation.name, step: step.name, way: of.way.name };
      return [caseText(of), `  ${situationText(trace)}`, ...violations.map(line), again(choice, seed)].join('\n');
    }),
  ];
}

const hasFailed = ({ violations }: CaseResult): boolean => violations.length > 0;
const line = ({ invariant, detail }: Violation): string => `  ${invariant}: ${detail}`;

const situationText = ({ candidate: { route, request, guest } }: CaseResult['of']['cell']['trace']): string =>
  `from ${route.state} by ${JSON.stringify(request)}, the guest ${guest}`;

const again = (choice: Choice, seed: number): string => {
  const options = Object.entries({ ...choice, seed }).map(([name, value]) => `--${name} ${value}`);
  return `  alone: npm run matrix -- ${options.join(' ')}`;
};

/** Cases run, passed, failed and not applicable for each operation, and why those were not. */
export function summaryOf({ results, inapplicable }: MatrixResult): string {
  const names = [...new Set([...results.map(nameOf), ...inapplicable.map(({ operation }) => operation)])].sort();
  const rows = names.map((name) => {
    const own = results.filter((result) => nameOf(result) === name);
    const failed = own.filter(hasFailed).length;
    return [
      name,
      own.length,
      own.length - failed,
      failed,
      inapplicable.filter((each) => each.operation === name).length,
    ];
  });
  const failed = results.filter(hasFailed).length;
  const total = ['all', results.length, results.length - failed, failed, inapplicable.length];
  const head = ['operation', 'run', 'passed', 'failed', 'n/a'];
  const reasons = [...new Set(inapplicable.map(({ reason }) => reason))].map(
    (reason) => `${String(inapplicable.filter((each) => each.reason === reason).length).padStart(5)}  ${reason}`,
  );
  const why = reasons.length === 0 ? [] : ['', 'n/a, not applicable:', ...reasons];
  return [...[head, ...rows, total].map(columns), ...why].join('\n');
}

const nameOf = ({ of }: CaseResult): string => of.cell.operation.name;

const columns = ([name = '', ...figures]: readonly (string | number)[]): string =>
  [String(name).padEnd(18), ...figures.map((figure) => String(figure).padStart(8))].join('');
