/**
 * Rules that make units misbehave: one file each, read by every unit when it begins. Whoever can write the folder can
 * set and clear them while the workers run.
 */
import { mkdir, rm } from 'node:fs/promises';
import { validate, v7 } from 'uuid';
import { z } from 'zod';
import { createJson, namesIn, readJson } from './files.ts';
import { faultRuleFile, faultsDirectory, faultUsesDirectory } from './layout.ts';
import { durationSchema, isUnitName } from './options.ts';

const moment = z.enum(['before', 'after']);

/** What hypervisors run out of. */
const fault = z.enum(['HOST_OUT_OF_SPACE', 'HOST_OUT_OF_MEMORY']);

const misbehaviourSchema = z.discriminatedUnion('kind', [
  /** HYPERVISOR_ERROR (INTERNAL_ERROR in the control plane) unless another is named, each time, before the effect or after it. */
  z.strictObject({ kind: z.literal('fail'), moment: moment.default('before'), fault: fault.optional() }),
  /** HYPERVISOR_UNREACHABLE (no answer in the control plane) so many times in all, whichever worker it happens to. */
  z.strictObject({ kind: z.literal('failTimes'), times: z.int().min(1), moment: moment.default('before') }),
  /** No effect and no sign of progress, until the unit is cancelled or the rule is cleared. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Takes that much longer, or until the rule is cleared, and shows progress meanwhile. */
  z.strictObject({ kind: z.literal('delay'), duration: durationSchema }),
  /** Kills the worker, once. */
  z.strictObject({ kind: z.literal('die'), moment }),
  /** Once, it is delivered three times: twice together, the second with a newer fence, and again when that is done. */
  z.strictObject({ kind: z.literal('repeat') }),
  /** The guest does not react to being asked to shut down or reboot; `patience`: how long that is waited for. */
  z.strictObject({ kind: z.literal('ignore'), patience: durationSchema.optional() }),
  /** The guest writes its memory so many times as fast as a live migration copies it: well above 1 that never ends. */
  z.strictObject({ kind: z.literal('dirty'), rate: z.number().nonnegative() }),
]);

const names = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'is no name of a host, instance or step' });

/** Which units misbehave, and how. What is absent matches everything. */
export const newFaultRuleSchema = z.strictObject({
  host: names.optional(),
  /** A unit, or an operation for all the units that it runs. */
  unit: z.string(),
  /** A step of an operation. */
  step: names.optional(),
  /** Id of an instance. */
  instance: names.optional(),
  direction: z.enum(['run', 'undo', 'check']).optional(),
  misbehaviour: misbehaviourSchema,
});
export type NewFaultRule = z.input<typeof newFaultRuleSchema>;

export const faultRuleSchema = newFaultRuleSchema.extend({ id: z.uuid(), setAt: z.iso.datetime() });
export type FaultRule = z.infer<typeof faultRuleSchema>;

/** A rule for a name that nothing has would never strike, and nobody would know why. */
const ruleFor = (operations: readonly string[]) =>
  newFaultRuleSchema.refine(({ unit }) => isUnitName(unit) || operations.includes(unit), {
    path: ['unit'],
    error: 'is neither a unit nor an operation',
  });

/** The rule is not one; the message says where and why. */
export class InvalidFaultRule extends Error {
  override readonly name = 'InvalidFaultRule';
}

/**
 * Sets a rule: the next unit to begin heeds it. Throws `InvalidFaultRule`.
 *
 * @param operations the names, besides those of units, that a rule may be for
 */
export async function setFaultRule(
  root: string,
  rule: NewFaultRule,
  operations: readonly string[],
): Promise<FaultRule> {
  const parsed = ruleFor(operations).safeParse(rule);
  if (!parsed.success) throw new InvalidFaultRule(z.prettifyError(parsed.error), { cause: parsed.error });
  // Ids of version 7 sort by time: rules are listed, and heeded, in the order in which they were set.
  const set: FaultRule = { ...parsed.data, id: v7(), setAt: new Date().toISOString() };
  // First, so that whoever sees the rule can count.
  await mkdir(faultUsesDirectory(root, set.id), { recursive: true });
  await createJson(faultRuleFile(root, set.id), set);
  return set;
}

/** The rules that are set, oldest first, with how often those have struck that strike a limited number of times. */
export async function listFaultRules(root: string): Promise<(FaultRule & { readonly uses: number })[]> {
  const rules = await readFaultRules(root);
  return Promise.all(
    rules.map(async (rule) => ({ ...rule, uses: (await namesIn(faultUsesDirectory(root, rule.id))).length })),
  );
}

/** The rules to clear: all whose named properties are these. */
export type FaultRuleFilter = Partial<Pick<FaultRule, 'id' | 'host' | 'unit' | 'instance'>>;

/** Clears the rules that the filter matches, all without one, and returns them. Units that hang on one go on. */
export async function clearFaultRules(root: string, filter: FaultRuleFilter = {}): Promise<FaultRule[]> {
  const { id, host, unit, instance } = filter;
  const cleared = (await readFaultRules(root)).filter(
    (rule) =>
      (id === undefined || rule.id === id) &&
      (host === undefined || rule.host === host) &&
      (unit === undefined || rule.unit === unit) &&
      (instance === undefined || rule.instance === instance),
  );
  for (const rule of cleared) {
    await rm(faultRuleFile(root, rule.id), { force: true });
    await rm(faultUsesDirectory(root, rule.id), { recursive: true, force: true });
  }
  return cleared;
}

/** The rules that are set, oldest first. Cheap where there are none. */
export async function readFaultRules(root: string): Promise<FaultRule[]> {
  const ids = (await namesIn(faultsDirectory(root))).map((name) => name.replace(/\.json$/, '')).filter(validate);
  const rules = await Promise.all(ids.map((id) => readJson(faultRuleFile(root, id), faultRuleSchema)));
  // One that has been cleared meanwhile is no longer there.
  return rules.filter((rule) => rule !== null);
}
