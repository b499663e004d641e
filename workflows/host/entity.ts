import {
  claimRefusal,
  freeResources,
  hasJustRegistered,
  isCutOff,
  type Claim,
  type Debt,
  type Departure,
  type Fencing,
  type HostRecord,
  type HostTraits,
  type Release,
  type Resources,
} from '../../src/model/host.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { HostTaskRequest } from '../../src/model/host-task.ts';
import { compareFences } from '../../src/model/unit.ts';
import { destroyGuest } from '../../src/operations/units/index.ts';
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
  register(capacity: Resources, traits?: HostTraits): void {
    const { debts, fenced } = this.#record;
    const settling = debts.length > 0 || Boolean(fenced);
    this.#change({ capacity, up: true, registeredAt: now(), settling, ...(traits !== undefined && { traits }) });
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
    if (this.#find(claim.id) !== undefined) return;
    const { claims, traits } = this.#record;
    // A guest that was nobody's is somebody's again.
    const strays = traits?.strays?.filter((id) => id !== claim.instanceId);
    this.#change({ claims: [...claims, claim], ...(strays && { traits: { ...traits, strays } }) });
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

  /**
   * The server has heard of no worker of it: nothing new is placed there until one registers. One that has just done so
   * need not have been heard of.
   */
  markDown(): void {
    if (!hasJustRegistered(this.#record, now())) this.#change({ up: false });
  }

  /** Nothing is sent to it from now on. Said again, it tells those that have come since. */
  fence({ at, actor, reason }: Omit<Fencing, 'instances'>): void {
    const { fenced, epoch, claims } = this.#record;
    const since = fenced ?? { at, actor, reason, instances: [] };
    const instances = [...new Set([...since.instances, ...claims.map(({ instanceId }) => instanceId)])];
    this.#change({ fenced: { ...since, instances }, up: false, settling: false, epoch: epoch + 1 });
  }

  /** Why an instance cannot leave the host unseen; null when it can, or has. */
  departureProblem({ release: { claim } }: Departure): Problem | null {
    const { name } = this.#record;
    if (isCutOff(this.#record) || this.#hasDeparted(claim)) return null;
    return { type: 'HostNotFenced', message: `${name} is not fenced, or has come back`, host: name };
  }

  /** Books what the instance leaves. */
  depart({ debts, release }: Departure): void {
    if (this.#hasDeparted(release.claim)) return;
    this.#change({ debts: [...this.#record.debts, ...debts] });
    this.release(release);
  }

  /** Whether the claim was given up before: an answer was lost, or a recovery does the step once more. */
  #hasDeparted(claimId: string): boolean {
    return this.#record.releases.some(({ claim }) => claim === claimId);
  }

  settle(debtId: string): void {
    this.#change({ debts: this.#record.debts.filter(({ id }) => id !== debtId) });
  }

  /** Whether no guest is left that lives elsewhere by now, and the host was not declared fenced anew since that epoch. */
  mayServe(epoch: number): boolean {
    return epoch === this.#record.epoch && this.#record.debts.every(({ unit }) => unit !== destroyGuest.name);
  }

  /** The task that pays the debts has ended; what it could not pay stays. */
  endSettling(epoch: number): void {
    const { up } = this.#record;
    // Fenced anew, and come back anew: that is settled next.
    const settling = epoch !== this.#record.epoch && up;
    this.#change({ settling, ...(this.mayServe(epoch) && { fenced: null }) });
  }

  beginTask({ id, kind }: Pick<HostTaskRequest, 'id' | 'kind'>): void {
    this.#change({ task: { id, kind }, ...(kind === 'drainHost' && { maintenance: true }) });
  }

  /** Of another one than it knows it needs to know nothing. */
  endTask(id: string): void {
    if (this.#record.task?.id === id) this.#change({ task: null });
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
      serving: next.up && !next.fenced && !next.maintenance && !next.settling,
      updatedAt: now(),
    };
  }
}
