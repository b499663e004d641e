/** What `itask operations` prints: all of it from the declarations. */
import { z } from 'zod';
import { parseOperationName } from '../client/input.ts';
import { representOperation, representUnit } from '../model/representation.ts';
import { operations, type OperationName } from '../operations/index.ts';
import { inputSchemas } from '../operations/schemas.ts';
import { units } from '../operations/units.ts';
import type { Output } from './output.ts';
import { inputTable, operationTable, operationText, unitTable } from './text/operations.ts';

/** What a caller may write, as JSON Schema. */
const inputOf = (name: OperationName) => z.toJSONSchema(inputSchemas[name], { io: 'input' });

/** All operations; for a person the units, too. */
export function printOperations(output: Output): void {
  const { colors } = output;
  const all = Object.values(operations);
  output.print(
    all.map((operation) => ({ ...representOperation(operation), input: inputOf(operation.name) })),
    () =>
      `${operationTable(all, colors)}\n\n${colors.bold('Units of work')}\n${unitTable(Object.values(units), colors)}`,
  );
}

/** One operation, with all that is declared of it. Throws `InvalidInputError`. */
export function printOperation(output: Output, text: string): void {
  const name = parseOperationName(text);
  const operation = operations[name];
  const input = inputOf(name);
  output.print({ ...representOperation(operation), input }, () =>
    operationText(operation, inputTable(input, output.colors), output.colors),
  );
}

export function printUnits(output: Output): void {
  const all = Object.values(units);
  output.print(all.map(representUnit), () => unitTable(all, output.colors));
}
