import type { OperationName } from '../operations/index.ts';
import type { InputFor } from '../operations/schemas.ts';

/** What a name of a flavor stands for is for the catalogue to say: inputs may carry the name alone. */
type Named<Input> = Input extends { flavor: infer Flavor }
  ? Omit<Input, 'flavor'> & { flavor: Flavor | string }
  : Input;

/** What `create` takes. */
export type NewInstance = Named<InputFor<'create'>>;
/** What `submit` takes for an operation. */
export type OperationInput<Name extends OperationName> = Named<InputFor<Name>>;
