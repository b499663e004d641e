/** Placing an instance: a claim on the workflow of the first host, in the order of choice, that grants it. */
import { heartbeat } from '@temporalio/activity';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import pLimit, { type LimitFunction } from 'p-limit';
import { owedSequence, resourcesOf, type Claim, type Debt, type Departure, type Release } from '../src/model/host.ts';
import {
  candidatesQuery,
  inOrderOfChoice,
  noRoomDetail,
  noRoomRemark,
  toCandidate,
  type Candidate,
  type PlacementWish,
} from '../src/model/placement.ts';
import { hostWorkflowId } from '../src/model/task.ts';
import type { Fence, InputOf, OutputOf, UnitCall } from '../src/model/unit.ts';
import type {
  claimHost as claimHostUnit,
  leaveFencedHost as leaveUnit,
  releaseClaim as releaseClaimUnit,
} from '../src/operations/units/index.ts';
import { claimResources, departInstance, releaseResources } from '../workflows/messages.ts';
import { UnitFault } from './unit-fault.ts';

/** A workflow takes ten updates at once by default, and this is not the only process that sends them. */
const updatesAtOncePerHost = 5;

/** Places instances. Holds nothing: hosts keep the claims. */
export class Placement {
  readonly #client: Client;
  readonly #limits = new Map<string, LimitFunction>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The unit claimHost: the first candidate that grants the claim. */
  async claimHost(
    { purpose, input }: UnitCall<InputOf<typeof claimHostUnit>>,
    fence: Fence,
  ): Promise<OutputOf<typeof claimHostUnit>> {
    const candidates = await this.#candidates(input);
    // An earlier attempt may have been granted the claim by a host that this one would not ask.
    if (fence.attempt > 1) await this.#releaseEverywhere({ claim: input.claim, fence });
    const claim: Claim = {
      id: input.claim,
      instanceId: purpose.instanceId,
      claimedAt: new Date().toISOString(),
      fence,
      ...resourcesOf(input.flavor),
    };
    for (const { name } of candidates) if (await this.#claim(name, claim)) return { host: name };
    throw noValidHost(input, candidates);
  }

  /** The unit releaseClaim. */
  async releaseClaim({ input }: UnitCall<InputOf<typeof releaseClaimUnit>>, fence: Fence): Promise<null> {
    const release = { claim: input.claim, fence };
    if (input.host === null) await this.#releaseEverywhere(release);
    else await this.#release(input.host, release);
    return null;
  }

  /** The unit leaveFencedHost. */
  async leaveFencedHost({ purpose, input }: UnitCall<InputOf<typeof leaveUnit>>, fence: Fence): Promise<null> {
    const { host, claim, belongings } = input;
    const owedAt = new Date().toISOString();
    const debts = belongings.map(({ unit, input: what }, index): Debt => ({
      id: `${purpose.taskId}/${purpose.step}/${index + 1}`,
      unit,
      input: what,
      purpose: { ...purpose, step: `${purpose.step} ${index + 1}`, sequence: owedSequence(purpose.sequence) + index },
      unreachable: true,
      owedAt,
    }));
    const departure: Departure = { debts, release: { claim, fence } };
    try {
      await this.#limit(host)(() => this.#handle(host).executeUpdate(departInstance, { args: [departure] }));
      return null;
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError)) throw error;
      throw new UnitFault('HOST_NOT_FENCED', error.cause instanceof Error ? error.cause.message : error.message);
    }
  }

  async #candidates(wish: PlacementWish): Promise<Candidate[]> {
    const listed: Candidate[] = [];
    for await (const row of this.#client.workflow.list({ query: candidatesQuery(wish) })) listed.push(toCandidate(row));
    return inOrderOfChoice(listed, wish);
  }

  async #claim(host: string, claim: Claim): Promise<boolean> {
    try {
      await this.#limit(host)(() => this.#handle(host).executeUpdate(claimResources, { args: [claim] }));
      return true;
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async #release(host: string, release: Release): Promise<void> {
    try {
      await this.#limit(host)(() => this.#handle(host).executeUpdate(releaseResources, { args: [release] }));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /** For a claim of which nobody knows who granted it, or is about to. */
  async #releaseEverywhere(release: Release): Promise<void> {
    const query = `WorkflowType = 'host' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.#client.workflow.list({ query })) {
      await this.#release(workflowId.slice(hostWorkflowId('').length), release);
    }
  }

  #handle(host: string) {
    // Host by host: that is the progress to be seen.
    heartbeat();
    return this.#client.workflow.getHandle(hostWorkflowId(host));
  }

  #limit(host: string): LimitFunction {
    const limit = this.#limits.get(host) ?? pLimit(updatesAtOncePerHost);
    this.#limits.set(host, limit);
    return limit;
  }
}

function noValidHost(wish: PlacementWish, asked: readonly Candidate[]): UnitFault {
  return new UnitFault('NO_VALID_HOST', noRoomDetail(wish, asked), { remark: noRoomRemark(wish) });
}
