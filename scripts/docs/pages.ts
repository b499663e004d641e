import { format } from 'prettier';
import { operations, isOperationName } from '../../src/operations/index.ts';
import { units } from '../../src/operations/units/index.ts';
import { faultsPage } from './faults-page.ts';
import { killsPage } from './kills-page.ts';
import { novaDifferencesPage } from './nova-differences-page.ts';
import { operationPage } from './operation-page.ts';
import { overviewPage } from './overview-page.ts';

/** Nothing else is in it. */
export const operationsFolder = 'operations';

/** All pages of `docs` that are written from declarations, by path. */
export async function pages(): Promise<Map<string, string>> {
  const texts = new Map([
    ['nova-differences.md', await novaDifferencesPage()],
    [`${operationsFolder}/README.md`, overviewPage(Object.values(operations))],
    [`${operationsFolder}/faults.md`, faultsPage(Object.values(units))],
    [`${operationsFolder}/kill-9.md`, killsPage()],
  ]);
  for (const [name, operation] of Object.entries(operations)) {
    if (isOperationName(name)) texts.set(`${operationsFolder}/${name}.md`, operationPage(name, operation));
  }
  for (const [file, text] of texts) texts.set(file, await format(text, { parser: 'markdown' }));
  return texts;
}
