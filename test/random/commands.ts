/** What users, operators and bad luck do to instances, as fast-check's commands: each is done, and compared with the model. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import type { AsyncCommand } from 'fast-check';
import { InstanceLockedError, NotAllowedInStateError, type OperationName } from '../../src/client/index.ts';
import type { Fleet } from '../support/fleet.ts';
import { ownVolume, withOwnVolumes } from '../support/own-volumes.ts';
import { disturbances, type Disturbance, type DisturbanceName } from './disturbances.ts';
import { afterwards, isBarred, newMachine, rules, volumes, type Failing, type Input, type Machine } from './nova.ts';

/** The instances as they should be, in the order of their making. */
export type Model = Machine[];
/** The instances as they are. */
export interface Reality {
  readonly fleet: Fleet;
  readonly ids: string[];
  /** What was done so far, as somebody would type it. */
  readonly script: string[];
}

const nameOf = (index: number): string => `vm-${index + 1}`;

/** The input with the names that volumes have which belong to the owner, and with the port. */
const named = (input: Input, owner: string, port: string): Input => ({
  ...withOwnVolumes(input, owner),
  ...('port' in input && { port }),
});

/** Makes another instance, and volumes for it. */
export class Create implements AsyncCommand<Model, Reality> {
  readonly #host: string;

  constructor(host: string) {
    this.#host = host;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { fleet, ids, script }: Reality): Promise<void> {
    const name = nameOf(ids.length);
    script.push(`itask create ${name} --flavor m1.tiny --image cirros --host ${this.#host}`);
    script.push(...volumes.map((volume) => `itask volume create ${ownVolume(name, volume)} --size 10`));
    const { id } = await fleet.activeInstance({ name, flavor: 'm1.tiny', host: this.#host });
    for (const volume of volumes) await fleet.hypervisors.makeVolume(ownVolume(id, volume));
    ids.push(id);
    model.push(newMachine);
  }
}

/** Asks an instance for an operation, allowed or not. */
export class Operate implements AsyncCommand<Model, Reality> {
  /** Of an instance, by its number; counted round. */
  readonly #choice: number;
  readonly #operation: Exclude<OperationName, 'create'>;
  readonly #input: Input;
  readonly #disturbance: Disturbance;

  constructor(choice: number, operation: Exclude<OperationName, 'create'>, input: Input, disturbance: DisturbanceName) {
    this.#choice = choice;
    this.#operation = operation;
    this.#input = input;
    this.#disturbance = disturbances[disturbance];
  }

  check(model: Readonly<Model>): boolean {
    return model.some(({ vmState }) => vmState !== 'deleted');
  }

  async run(model: Model, { fleet, ids, script }: Reality): Promise<void> {
    const index = this.#choice % model.length;
    const [machine, id] = [model[index], ids[index]];
    if (machine === undefined || id === undefined || !this.#concerns(machine)) return;
    script.push(...this.#typed(nameOf(index)));
    const wanted = afterwards(machine, this.#operation, this.#input);
    const input = await this.#inputFor(fleet, id);
    if (wanted === null) await this.#expectRefusal(fleet, id, machine, input);
    const possible = wanted === null ? [machine] : await this.#carryOut(fleet, id, input, machine, wanted);
    model[index] = await agreeing(fleet, id, possible);
  }

  /** What could not be deleted can only be deleted: the model knows no more of it. */
  #concerns({ vmState }: Machine): boolean {
    return vmState !== 'deleted' && (vmState !== 'error' || this.#failing({ ...newMachine, vmState }) === 'errs');
  }

  #failing(machine: Machine): Failing {
    return rules[this.#operation]?.failing?.(machine) ?? 'fails';
  }

  /** The input with the names that volumes and ports have in reality. */
  async #inputFor({ client }: Fleet, id: string): Promise<Input> {
    const { interfaces = [] } = this.#operation === 'detachInterface' ? await client.get(id) : {};
    return named(this.#input, id, interfaces.at(-1)?.port ?? id);
  }

  async #expectRefusal({ client }: Fleet, id: string, machine: Machine, input: Input): Promise<void> {
    const refusal = isBarred(machine, this.#operation) ? InstanceLockedError : NotAllowedInStateError;
    await expect(client.request(this.#operation, id, input)).rejects.toThrow(refusal);
  }

  /** Has it done, disturbed or not, and returns what the instance may be by now. */
  async #carryOut(fleet: Fleet, id: string, input: Input, before: Machine, wanted: Machine): Promise<Machine[]> {
    const { misbehaviour, interfere, endsWith } = this.#disturbance;
    const rule = { unit: this.#operation, instance: id, direction: 'run' } as const;
    const behave = misbehaviour && (await fleet.hypervisors.misbehave({ ...rule, misbehaviour }));
    const task = await fleet.client.request(this.#operation, id, input);
    await interfere?.(fleet, task);
    const { status } = await fleet.ended(task);
    await behave?.();
    const failing = this.#failing(before);
    expect(endsWith(failing)).toContain(status);
    if (status === 'COMPLETED') return [wanted];
    // A unit that is told to stop may have been done all the same: then the record says what the hypervisor says.
    if (status === 'ABORTED') return [before, rules[this.#operation]?.halfway?.(before) ?? wanted, wanted];
    return [failing === 'errs' ? { ...before, vmState: 'error' } : before];
  }

  #typed(name: string): string[] {
    const { fault, typed = [] } = this.#disturbance;
    const rule = `--unit ${this.#operation} --instance ${name} --direction run`;
    const input = Object.entries(named(this.#input, name, 'PORT')).map(
      ([key, value]) => ` --set ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const run = `itask run ${this.#operation} ${name}${input.join('')}`;
    return [
      ...(fault === undefined ? [] : [`itask fault set ${rule} ${fault}`]),
      typed.length === 0 ? run : `${run} --no-wait`,
      ...typed,
      ...(fault === undefined ? [] : ['itask fault clear']),
    ];
  }
}

/** The one of these that the record agrees with. Fails where it agrees with none. */
async function agreeing({ client }: Fleet, id: string, possible: readonly Machine[]): Promise<Machine> {
  const { vmState, flavor, powerState, taskState, interfaces = [], ...record } = await client.get(id);
  expect(taskState).toBeNull();
  const shown = possible.map((machine) => ({
    vmState,
    flavor: flavor.name,
    volumes: (record.volumes ?? []).map(({ volume }) => volume.slice(ownVolume(id, '').length)),
    interfaces: interfaces.length,
    running: vmState === 'error' || vmState === 'deleted' ? machine.running : powerState === 'RUNNING',
  }));
  const found = possible.find((machine, index) => isDeepStrictEqual({ ...machine, ...shown[index] }, machine));
  if (found === undefined) {
    throw new Error(`the record says ${JSON.stringify(shown[0])}, the model ${JSON.stringify(possible)}`);
  }
  return found;
}
