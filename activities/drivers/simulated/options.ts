import { z } from 'zod';
import { milliseconds } from '../../../src/model/deadline.ts';
import { hostUnits, units, type HostUnitName } from '../../../src/operations/units/index.ts';

const error = 'write a duration: 500ms, 30s, 15m or 2h';

/** A duration as declarations write it, read from outside. */
export const durationSchema = z
  .templateLiteral([z.number().nonnegative(), z.enum(['ms', 's', 'm', 'h'])], { error })
  .refine((text) => Number.isFinite(milliseconds(text)), { error });

/** True when there is a host unit of that name. */
const isHostUnitName = (name: string): name is HostUnitName => Object.hasOwn(hostUnits, name);

/** True when there is a unit of that name, of hosts or of the control plane. */
export const isUnitName = (name: string): boolean => Object.hasOwn(units, name);

const hostUnitNameSchema = z.string().refine(isHostUnitName, { error: 'no unit of hosts has that name' });

/** How simulated hypervisors behave. */
export const simulatedOptionsSchema = z.strictObject({
  /** The folder that keeps what all of them have; the same for all workers of the fleet. */
  root: z.string().min(1),
  latency: z
    .strictObject({
      /** How long a unit takes. */
      default: durationSchema.default('0ms'),
      /** The units that take longer or shorter, by name. */
      byUnit: z.partialRecord(hostUnitNameSchema, durationSchema).default({}),
    })
    .prefault({}),
});
export type SimulatedOptions = z.infer<typeof simulatedOptionsSchema>;
