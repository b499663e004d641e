/** What the fault rules do to one unit. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { milliseconds } from '../../../src/model/deadline.ts';
import type { UnitPurpose } from '../../../src/model/unit.ts';
import { UnitFault } from '../../unit-fault.ts';
import type { UnitContext } from '../driver.ts';
import { readFaultRules, type FaultRule } from './fault-rules.ts';
import { exists, unless } from './files.ts';
import { faultRuleFile, faultUsesDirectory } from './layout.ts';
import { sleep } from './pace.ts';

/** How often a unit that is held up looks whether its rule is still there. */
const glance = 100;

/** One delivery of a unit, as far as rules look at it. */
export interface Struck {
  /** Null in the control plane. */
  readonly host: string | null;
  readonly unit: string;
  readonly purpose: UnitPurpose;
}

/** How the memory of a guest is copied. */
export interface MemoryPace {
  readonly delay: number;
  readonly dirtyRate: number;
}

/** The rules that were set for a unit when it began. */
export class InjectedFaults {
  readonly #root: string;
  readonly #rules: readonly FaultRule[];

  private constructor(root: string, rules: readonly FaultRule[]) {
    this.#root = root;
    this.#rules = rules;
  }

  static async for(root: string, struck: Struck): Promise<InjectedFaults> {
    const rules = await readFaultRules(root);
    return new InjectedFaults(
      root,
      rules.filter((rule) => matches(rule, struck)),
    );
  }

  /** Whether this delivery of the unit is to be repeated: each rule says so once. */
  async repeats(): Promise<boolean> {
    for (const rule of this.#rules) {
      if (rule.misbehaviour.kind === 'repeat' && (await this.#use(rule, 1))) return true;
    }
    return false;
  }

  /** Whether the guest does not react to what it is asked for. */
  get ignored(): boolean {
    return this.#rules.some(({ misbehaviour }) => misbehaviour.kind === 'ignore');
  }

  /**
   * How many milliseconds longer the memory of a guest takes to be copied, and how much of it the guest writes meanwhile,
   * as the rules say that are still there.
   */
  async memoryPace(): Promise<MemoryPace> {
    const pace = { delay: 0, dirtyRate: 0 };
    for (const { id, misbehaviour } of this.#rules) {
      if (misbehaviour.kind !== 'delay' && misbehaviour.kind !== 'dirty') continue;
      if (!(await exists(faultRuleFile(this.#root, id)))) continue;
      if (misbehaviour.kind === 'delay') pace.delay += milliseconds(misbehaviour.duration);
      else pace.dirtyRate = Math.max(pace.dirtyRate, misbehaviour.rate);
    }
    return pace;
  }

  /** For how many milliseconds a guest is waited for that does not react; the unit's own figure where null. */
  get patience(): number | null {
    const found = this.#rules.flatMap(({ misbehaviour }) =>
      misbehaviour.kind === 'ignore' ? (misbehaviour.patience ?? []) : [],
    );
    return found[0] === undefined ? null : milliseconds(found[0]);
  }

  /** Waits for as long as the rules say, with signs of progress. */
  async linger({ signal, progress }: Pick<UnitContext, 'signal' | 'progress'>): Promise<void> {
    for (const { id, misbehaviour } of this.#rules) {
      if (misbehaviour.kind !== 'delay') continue;
      const length = milliseconds(misbehaviour.duration);
      for (let passed = 0; passed < length && (await exists(faultRuleFile(this.#root, id)));) {
        const slice = Math.min(glance, length - passed);
        await sleep(slice, signal);
        passed += slice;
        if (passed < length) progress(passed / length);
      }
    }
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
      if (misbehaviour.kind === 'fail') throw new UnitFault(misbehaviour.fault ?? 'HYPERVISOR_ERROR', words);
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

const matches = (rule: FaultRule, { host, unit, purpose }: Struck): boolean =>
  (rule.unit === unit || rule.unit === purpose.operation) &&
  (rule.step === undefined || rule.step === purpose.step) &&
  (rule.host === undefined || rule.host === host) &&
  (rule.instance === undefined || rule.instance === purpose.instanceId) &&
  (rule.direction === undefined || rule.direction === purpose.direction);
