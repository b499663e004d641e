import { format } from 'prettier';
import { operations, isOperationName } from '../../src/operations/index.ts';
import { units } from '../../src/operations/units/index.ts';
import { faultsPage } from './faults-page.ts';
import { killsPage } from './kills-page.ts';
import { operationPage } from './operation-page.ts';
import { overviewPage } from './overview-page.ts';

/** All pages of `docs/operations`, by file name. */
export async function pages(): Promise<Map<string, string>> {
  const texts = new Map([
    ['README.md', overviewPage(Object.values(operations))],
    ['faults.md', faultsPage(Object.values(units))],
    ['kill-9.md', killsPage()],
  ]);
  for (const [name, operation] of Object.entries(operations)) {
    if (isOperationName(name)) texts.set(`${name}.md`, operationPage(name, operation));
  }
  for (const [file, text] of texts) texts.set(file, await format(text, { parser: 'markdown' }));
  return texts;
}
