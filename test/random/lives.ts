/** Random lives of instances, drawn by fast-check, each lived through on a fleet and compared with the model. */
import fc from 'fast-check';
import type { OperationName } from '../../src/client/index.ts';
import { isOperationName } from '../../src/operations/index.ts';
import { expectNothingLeft, expectRecordEqualsHypervisor } from '../support/agreement.ts';
import type { Fleet } from '../support/fleet.ts';
import { Create, Operate, type Model, type Reality } from './commands.ts';
import { disturbances, oneAtATime, type DisturbanceName } from './disturbances.ts';
import { examples, rules, type Input } from './nova.ts';

/** So many commands at most make one life: long enough to come far, short enough to be read. */
const commandsPerLife = 60;

const isOperation = (name: string): name is Exclude<OperationName, 'create'> =>
  isOperationName(name) && name !== 'create';
const operations = Object.keys(rules).filter(isOperation);
const names = Object.keys(disturbances).filter((name): name is DisturbanceName => name in disturbances);

const requests = fc.oneof(
  ...operations.map((operation) => ({
    // What is locked takes little else.
    weight: operation === 'lock' ? 1 : 4,
    arbitrary: fc.tuple(fc.constant(operation), fc.constantFrom<Input>(...(examples[operation] ?? [{}]))),
  })),
);
/** Most operations are left alone; a worker takes seconds to come back, so few are killed. */
const weights: Readonly<Record<DisturbanceName, number>> = {
  none: 12,
  'its first unit fails for good': 4,
  'a unit is done and its answer is lost': 3,
  'it is cancelled': 4,
  'it is paused for a while': 3,
  'the worker of its host is killed': 1,
};
const disturbance = fc.oneof(...names.map((name) => ({ weight: weights[name], arbitrary: fc.constant(name) })));

const create = fc.constantFrom('host-1', 'host-2').map((host) => new Create(host));
const operate = fc
  .tuple(fc.nat({ max: 5 }), requests, disturbance)
  .map(([choice, [operation, input], name]) => new Operate(choice, operation, input, name));

const lives = fc.commands([create, operate, operate, operate, operate, operate], {
  maxCommands: commandsPerLife,
  size: 'max',
});

/** What came of some lives. */
export interface Outcome {
  /** Commands that were carried out, those of a failing life not counted. */
  readonly commands: number;
  /** The shortest life found that shows a disagreement, and what it was; null when there was none. */
  readonly failure: { readonly seed: number; readonly script: readonly string[]; readonly error: string } | null;
}

/** Lives one life after another, the first of that seed, the next of the next, until it is enough. */
export async function live(
  fleet: Fleet,
  seed: number,
  isEnough: (soFar: { readonly lives: number; readonly commands: number }) => boolean,
): Promise<Outcome> {
  let commands = 0;
  for (let next = seed; !isEnough({ lives: next - seed, commands }); next += 1) {
    let failing: readonly string[] = [];
    const property = fc.asyncProperty(lives, async (life) => {
      const script: string[] = [];
      try {
        await liveOnce(fleet, life, script);
        commands += script.length;
      } catch (error) {
        failing = script;
        throw error;
      }
    });
    const { failed, errorInstance } = await fc.check(property, { seed: next, numRuns: 1 });
    if (failed) return { commands, failure: { seed: next, script: failing, error: String(errorInstance) } };
  }
  return { commands, failure: null };
}

type Life = Iterable<fc.AsyncCommand<Model, Reality>>;

async function liveOnce(fleet: Fleet, life: Life, script: string[]): Promise<void> {
  const model: Model = [];
  const ids: string[] = [];
  await fc.asyncModelRun(() => ({ model, real: { fleet, ids, script } }), life);
  for (const [index, id] of ids.entries()) {
    await settleDebts(fleet, id);
    if (model[index]?.vmState === 'deleted') await expectNothingLeft(fleet, id);
    // What could not be deleted is half gone, and its record does not say which half.
    else if (model[index]?.vmState !== 'error') await expectRecordEqualsHypervisor(fleet, id);
  }
}

/** What a host owes is paid when a worker of it comes. */
async function settleDebts(fleet: Fleet, instanceId: string): Promise<void> {
  const owing = (await fleet.hypervisors.hostsThatOwe(instanceId)).map((name) => fleet.worker(name));
  for (const worker of owing) await oneAtATime(() => worker.restart());
}
