/** State diagrams of the operations, from their declarations. */
import type { Operation } from '../../src/model/operation.ts';
import { finalVmState, initialVmState } from '../../src/model/states.ts';
import { endsOf } from '../../src/operations/check/machine.ts';
import { mermaid } from './markdown.ts';

/** One operation: where it starts, its steps, and every way in which it may end. */
export function operationDiagram(operation: Operation): string {
  const { name, allowedFrom, leadsTo, steps } = operation;
  const inside = `during ${name}`;
  const id = 'task';
  const stepNames = steps.map((step) => step.name);
  const transitions = ['[*]', ...stepNames].map((from, index) => `${from} --> ${stepNames[index] ?? '[*]'}`);
  const unsuccessful = new Set(allowedFrom.flatMap((from) => [...endsOf(operation, from)]));
  for (const state of leadsTo) unsuccessful.delete(state);
  const undone = operation.failsTo === null ? 'undone' : 'failed';
  return mermaid([
    `state "${inside}" as ${id} {`,
    ...transitions.map((transition) => `  ${transition}`),
    '}',
    ...allowedFrom.map((state) => `${state} --> ${id}`),
    ...leadsTo.map((state) => `${id} --> ${state}: COMPLETED`),
    ...[...unsuccessful].map(
      (state) => `${id} --> ${state}: ${state === 'error' && operation.failsTo !== 'error' ? 'not undone' : undone}`,
    ),
  ]);
}

/** All of them together, by what they do when they succeed. */
export function machineDiagram(operations: readonly Operation[]): string {
  const edges = operations
    .filter(({ kind }) => kind === 'change')
    .flatMap(({ name, allowedFrom, leadsTo }) =>
      allowedFrom.flatMap((from) => leadsTo.map((to) => ({ from, to, name }))),
    );
  const labels = new Map<string, string[]>();
  for (const { from, to, name } of edges) {
    const key = `${from} --> ${to}`;
    labels.set(key, [...(labels.get(key) ?? []), name]);
  }
  return mermaid([
    `[*] --> ${initialVmState}`,
    ...[...labels].map(([key, names]) => `${key}: ${names.join(', ')}`),
    `${finalVmState} --> [*]`,
  ]);
}
