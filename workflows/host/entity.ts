import {
  claimRefusal,
  freeResources,
  type Claim,
  type Debt,
  type HostRecord,
  type Release,
  type Resources,
} from '../../src/model/host.ts';
import type { Problem } from '../../src/model/problem.ts';
import { compareFences } from '../../src/model/unit.ts';
import { now } from '../engine/task-run.ts';

/** More than can be under way at once for the claims of one host. */
const rememberedReleases = 200;

/** The books of one host. */
export class HostEntity {
  #record: HostRecord;
  /** Changes in this run: an update each, of which a run can take so many. */
  updates = 0;

  constructor(record: HostRecord) {
    this.#record = record;
  }

  get record(): HostRecord {
    return this.#record;
  }

  /** A worker of the host has come, with what the hypervisor has. */
  register(capacity: Resources): void {
    this.#change({ capacity, up: true, settling: this.#record.debts.length > 0 });
  }

  claimProblem(claim: Claim): Problem | null {
    const { name, releases } = this.#record;
    if (this.#find(claim.id) !== undefined) return null;
    const given = releases.find((release) => release.claim === claim.id);
    if (given !== undefined && compareFences(claim.fence, given.fence) < 0) {
      return { type: 'HostFull', message: 'the claim has been given up meanwhile', host: name };
    }
    const message = claimRefusal(this.#record, claim);
    return message === null ? null : { type: 'HostFull', message, host: name };
  }

  claim(claim: Claim): void {
    if (this.#find(claim.id) === undefined) this.#change({ claims: [...this.#record.claims, claim] });
  }

  /** Gives a claim up, also one that is still to come. Whether there was such a claim. */
  release(release: Release): boolean {
    const found = this.#find(release.claim) !== undefined;
    const others = this.#record.releases.filter(({ claim }) => claim !== release.claim);
    const releases = [...others, release].slice(-rememberedReleases);
    this.#change({ releases, claims: this.#record.claims.filter(({ id }) => id !== release.claim) });
    return found;
  }

  addDebt(debt: Debt): void {
    if (this.#record.debts.some(({ id }) => id === debt.id)) return;
    this.#change({ debts: [...this.#record.debts, debt], up: this.#record.up && !debt.unreachable });
  }

  /** Somebody found that no worker of it is alive: nothing new is placed there until one registers. */
  markDown(): void {
    this.#change({ up: false });
  }

  settle(debtId: string): void {
    this.#change({ debts: this.#record.debts.filter(({ id }) => id !== debtId) });
  }

  /** The task that pays the debts has ended; what it could not pay stays. */
  endSettling(): void {
    this.#change({ settling: false });
  }

  setMaintenance(maintenance: boolean): void {
    this.#change({ maintenance });
  }

  #find(claimId: string): Claim | undefined {
    return this.#record.claims.find(({ id }) => id === claimId);
  }

  #change(change: Partial<HostRecord>): void {
    this.updates += 1;
    const next = { ...this.#record, ...change };
    this.#record = {
      ...next,
      free: freeResources(next.capacity, next.claims),
      serving: next.up && !next.maintenance && !next.settling,
      updatedAt: now(),
    };
  }
}
