import { readDifferences } from '../../test/nova-trace/differences.ts';
import { table } from './markdown.ts';

/** The page on where the Nova-compatible API differs from Nova. */
export async function novaDifferencesPage(): Promise<string> {
  const rows = (await readDifferences()).map(({ where, difference, reason }) => [where, difference, reason]);
  return `# Where the Nova-compatible API differs from Nova

The API below \`/v2.1\` is asked what a real Nova was asked, and the answers are compared: \`npm run trace\`. What differs is
listed here with its reason; anything else that differs is a defect. \`npm run docs\` writes this page from
\`test/nova-trace/differences.yml\`.

${table(['where', 'difference', 'reason'], rows)}
`;
}
