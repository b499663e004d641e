/** Choosing a host for an instance: filter and weigh over what visibility lists, then a claim on the host's workflow. */
import { activityInfo, heartbeat } from '@temporalio/activity';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import pLimit, { type LimitFunction } from 'p-limit';
import { fits, resourcesOf, type Claim, type Release, type Resources } from '../src/model/host.ts';
import { hostWorkflowId } from '../src/model/task.ts';
import type { Fence, InputOf, OutputOf, UnitCall, UnitPurpose } from '../src/model/unit.ts';
import type { claimHost as claimHostUnit, releaseClaim as releaseClaimUnit } from '../src/operations/units/index.ts';
import { claimResources, releaseResources } from '../workflows/messages.ts';
import { UnitFault } from './unit-fault.ts';

/** A host as visibility has it: good enough to choose by, too old to rely on. */
interface Candidate {
  readonly name: string;
  readonly free: Resources;
}

/** Hosts that were full by visibility are asked too, as it may be behind; but not all of a large fleet. */
const fullHostsToAsk = 10;
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
  async claimHost({
    purpose,
    input,
  }: UnitCall<InputOf<typeof claimHostUnit>>): Promise<OutputOf<typeof claimHostUnit>> {
    const candidates = await this.#candidates(input);
    // An earlier attempt may have been granted the claim by a host that this one would not ask.
    const fence = fenceOf(purpose);
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
  async releaseClaim({ purpose, input }: UnitCall<InputOf<typeof releaseClaimUnit>>): Promise<null> {
    const release = { claim: input.claim, fence: fenceOf(purpose) };
    if (input.host === null) await this.#releaseEverywhere(release);
    else await this.#release(input.host, release);
    return null;
  }

  /** Hosts to ask, best first: those with room by visibility, the emptiest first, and the one to avoid last. */
  async #candidates({ flavor, host, avoid, exclude }: InputOf<typeof claimHostUnit>): Promise<Candidate[]> {
    const named = await this.#hosts(host === undefined ? '' : ` AND Host = '${host.replaceAll("'", "''")}'`);
    const hosts = named.filter(({ name }) => name !== exclude);
    const wanted = resourcesOf(flavor);
    const weigh = ({ name, free }: Candidate) => (name === avoid ? -Infinity : free.memoryMb);
    const roomy = hosts.filter(({ free }) => fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
    const full = hosts.filter(({ free }) => !fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
    return [...roomy, ...full.slice(0, fullHostsToAsk)];
  }

  async #hosts(filter = ''): Promise<Candidate[]> {
    const query = `WorkflowType = 'host' AND ExecutionStatus = 'Running' AND HostServing = true${filter}`;
    const found: Candidate[] = [];
    for await (const { workflowId, typedSearchAttributes } of this.#client.workflow.list({ query })) {
      const int = (name: string) => typedSearchAttributes.get({ name, type: 'INT' }) ?? 0;
      const free = { vcpus: int('FreeVcpus'), memoryMb: int('FreeMemoryMb'), diskGb: int('FreeDiskGb') };
      found.push({ name: workflowId.slice(hostWorkflowId('').length), free });
    }
    return found;
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

/** Orders this delivery of a unit among all that were ever sent for the instance. */
const fenceOf = ({ generation, sequence }: UnitPurpose): Fence => ({
  generation,
  sequence,
  attempt: activityInfo().attempt,
});

function noValidHost({ flavor, host, exclude }: InputOf<typeof claimHostUnit>, asked: readonly Candidate[]): UnitFault {
  const { vcpus, memoryMb, diskGb } = flavor;
  const wanted = `${vcpus} vcpus, ${memoryMb} MB of memory and ${diskGb} GB of disk`;
  const most = asked.reduce<Resources>(
    (best, { free }) => ({
      vcpus: Math.max(best.vcpus, free.vcpus),
      memoryMb: Math.max(best.memoryMb, free.memoryMb),
      diskGb: Math.max(best.diskGb, free.diskGb),
    }),
    { vcpus: 0, memoryMb: 0, diskGb: 0 },
  );
  const had =
    asked.length === 0
      ? `no ${exclude === undefined ? '' : 'other '}host serves`
      : `of ${asked.length} hosts none had more free than ${most.vcpus} vcpus, ${most.memoryMb} MB and ${most.diskGb} GB`;
  const pinned = host === undefined ? '' : ` on the host that was asked for`;
  return new UnitFault('NO_VALID_HOST', `asked ${asked.map(({ name }) => name).join(', ') || 'nobody'} for ${wanted}`, {
    remark: `Asked for: ${flavor.name}${pinned}, that is ${wanted}; ${had}.`,
  });
}
