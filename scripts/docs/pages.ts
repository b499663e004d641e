import { format } from 'prettier';
import { operations, isOperationName } from '../../src/operations/index.ts';
import { operationPage } from './operation-page.ts';
import { overviewPage } from './overview-page.ts';

/** All pages of `docs/operations`, by file name. */
export async function pages(): Promise<Map<string, string>> {
  const texts = [['README.md', overviewPage(Object.values(operations))]] as [string, string][];
  for (const [name, operation] of Object.entries(operations)) {
    if (isOperationName(name)) texts.push([`${name}.md`, operationPage(name, operation)]);
  }
  const formatted = texts.map(async ([file, text]) => [file, await format(text, { parser: 'markdown' })] as const);
  return new Map(await Promise.all(formatted));
}
