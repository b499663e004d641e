/** A declaration is to be read at a glance: on one screen, and each of its steps in a glance of that. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../../src/operations/', import.meta.url));
const longest = { declaration: 39, step: 29 } as const;

interface Part {
  readonly name: string;
  readonly kind: keyof typeof longest;
  readonly lines: number;
}

/** The exported declarations and functions of a file, and the steps that are added in them. */
function partsOf(file: string, text: string): Part[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const lines = (from: ts.Node, to: ts.Node = from) => lineOf(to.end) - lineOf(from.getStart()) + 1;
  const parts: Part[] = [];
  const visit = (node: ts.Node, inside: string): void => {
    const { name, builds } = described(node);
    if (builds) parts.push({ name: `${file} ${name}`, kind: 'declaration', lines: lines(node) });
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [step, options] = node.arguments;
      if (/^step(If)?$/.test(node.expression.name.text) && step !== undefined) {
        parts.push({ name: `${file} ${inside}.${step.getText()}`, kind: 'step', lines: lines(step, options) });
      }
    }
    ts.forEachChild(node, (child) => visit(child, builds ? name : inside));
  };
  visit(source, '');
  return parts;
}

/** Whether a node is a statement that declares an operation, and what it is called. */
function described(node: ts.Node): { readonly name: string; readonly builds: boolean } {
  const builds = (statement: ts.Node) => /\boperation<[^>]*(>|<)/.test(statement.getText());
  if (ts.isFunctionDeclaration(node)) return { name: node.name?.text ?? '', builds: builds(node) };
  if (!ts.isVariableStatement(node)) return { name: '', builds: false };
  return { name: node.declarationList.declarations[0]?.name.getText() ?? '', builds: builds(node) };
}

test('no declaration is longer than a screen, and no step longer than most of one', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.includes('schema'));
  const texts = await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  );
  const parts = texts.flatMap(({ name, text }) => partsOf(name, text));
  expect(parts.filter(({ kind }) => kind === 'declaration').length).toBeGreaterThan(10);
  const tooLong = parts.filter(({ kind, lines }) => lines > longest[kind]);
  expect(tooLong.map(({ name, lines }) => `${name}: ${lines} lines`)).toEqual([]);
});
