/** What `itask operations` prints: all of it from the declarations. */
import { parseOperationName } from '../client/input.ts';
import { faultCodes } from '../model/fault.ts';
import { representFaultDeclaration, representOperation, representUnit } from '../model/representation.ts';
import { operations } from '../operations/index.ts';
import { inputFields, inputJsonSchema } from '../operations/schemas.ts';
import { units } from '../operations/units/index.ts';
import type { Output } from './output.ts';
import { faultTable, inputTable, operationTable, operationText, unitTable } from './text/operations.ts';

/** All operations; for a person the units, too. */
export function printOperations(output: Output): void {
  const { colors } = output;
  const all = Object.values(operations);
  output.print(
    all.map((operation) => ({ ...representOperation(operation), input: inputJsonSchema(operation.name) })),
    () =>
      `${operationTable(all, colors)}\n\n${colors.bold('Units of work')}\n${unitTable(Object.values(units), colors)}`,
  );
}

/** One operation, with all that is declared of it. Throws `InvalidInputError`. */
export function printOperation(output: Output, text: string): void {
  const name = parseOperationName(text);
  const operation = operations[name];
  output.print({ ...representOperation(operation), input: inputJsonSchema(name) }, () =>
    operationText(operation, inputTable(inputFields(name), output.colors), output.colors),
  );
}

export function printUnits(output: Output): void {
  const all = Object.values(units);
  output.print(all.map(representUnit), () => unitTable(all, output.colors));
}

export function printFaults(output: Output): void {
  output.print(faultCodes.map(representFaultDeclaration), () => faultTable(output.colors));
}
