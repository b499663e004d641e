/** What the fault rules do to one unit. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { milliseconds } from '../../../src/model/deadline.ts';
import type { UnitPurpose } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import { readFaultRules, type FaultRule } from './fault-rules.ts';
import { unless } from './files.ts';
import { faultRuleFile, faultUsesDirectory } from './layout.ts';
import { sleep } from './pace.ts';

/** How often a unit that hangs looks whether its rule is still there. */
const glance = 100;

/** The rules that were set for a unit when it began. */
export class InjectedFaults {
  readonly #root: string;
  readonly #rules: readonly FaultRule[];

  private constructor(root: string, rules: readonly FaultRule[]) {
    this.#root = root;
    this.#rules = rules;
  }

  static async for(root: string, host: string, unit: string, purpose: UnitPurpose): Promise<InjectedFaults> {
    const rules = await readFaultRules(root);
    return new InjectedFaults(
      root,
      rules.filter((rule) => matches(rule, host, unit, purpose)),
    );
  }

  /** Whether the guest does not react to what it is asked for. */
  get ignored(): boolean {
    return this.#rules.some(({ misbehaviour }) => misbehaviour.kind === 'ignore');
  }

  /** How many milliseconds longer the unit takes. */
  get delay(): number {
    return this.#rules.reduce(
      (sum, { misbehaviour }) => sum + (misbehaviour.kind === 'delay' ? milliseconds(misbehaviour.duration) : 0),
      0,
    );
  }

  /** Waits, without a sign of progress, until no rule says to hang. */
  async hang(signal: AbortSignal): Promise<void> {
    for (const { id, misbehaviour } of this.#rules) {
      if (misbehaviour.kind !== 'hang') continue;
      while (await exists(faultRuleFile(this.#root, id))) await sleep(glance, signal);
    }
  }

  /** Fails or dies, if that is to happen at this moment of the effect. */
  async strike(moment: 'before' | 'after'): Promise<void> {
    for (const rule of this.#rules) {
      const { misbehaviour } = rule;
      if (!('moment' in misbehaviour) || misbehaviour.moment !== moment) continue;
      const words = `fault rule ${rule.id}: fails ${moment} the effect`;
      if (misbehaviour.kind === 'fail') throw new UnitFault('HYPERVISOR_ERROR', words);
      if (misbehaviour.kind === 'die') {
        // Counted first: the worker that takes over must live.
        if (await this.#use(rule, 1)) process.kill(process.pid, 'SIGKILL');
      } else if (await this.#use(rule, misbehaviour.times)) {
        throw new UnitFault('HYPERVISOR_UNREACHABLE', words);
      }
    }
  }

  /** Takes one of the times that a rule strikes: the file system grants each to one taker only. */
  async #use({ id }: FaultRule, times: number): Promise<boolean> {
    for (let use = 1; use <= times; use++) {
      const file = join(faultUsesDirectory(this.#root, id), String(use));
      const taken = await unless(
        'EEXIST',
        writeFile(file, '', { flag: 'wx' }).then(() => true),
        false,
      );
      if (taken) return true;
    }
    return false;
  }
}

const exists = (file: string): Promise<boolean> =>
  unless(
    'ENOENT',
    access(file).then(() => true),
    false,
  );

const matches = (rule: FaultRule, host: string, unit: string, purpose: UnitPurpose): boolean =>
  (rule.unit === unit || rule.unit === purpose.operation) &&
  (rule.host === undefined || rule.host === host) &&
  (rule.instance === undefined || rule.instance === purpose.instanceId) &&
  (rule.direction === undefined || rule.direction === purpose.direction);
