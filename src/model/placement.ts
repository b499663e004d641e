/** Choosing a host: filter and weigh over what visibility lists. Pure: placement claims by it, the plan only asks. */
import type { TypedSearchAttributes } from '@temporalio/common';
import { fits, resourcesOf, type Resources } from './host.ts';
import type { Flavor } from './instance.ts';
import { queryLiteral } from './search-attributes.ts';
import { hostWorkflowId } from './task.ts';

/** Which hosts will do for an instance. */
export interface PlacementWish {
  readonly flavor: Flavor;
  /** The host that it comes from: others will do only where this one's guests can go to. */
  readonly from?: string;
  /** Only this host will do. */
  readonly host?: string;
  /** Taken only when no other has room. */
  readonly avoid?: string;
  /** Not taken at all. */
  readonly exclude?: string;
}

/** A host as visibility has it: good enough to choose by, too old to rely on. */
export interface Candidate {
  readonly name: string;
  readonly free: Resources;
  readonly serving: boolean;
  /** The hosts that its guests can go to; null where it names none. */
  readonly peers: readonly string[] | null;
}

/** Hosts that were full by visibility are asked too, as it may be behind; but not all of a large fleet. */
const fullHostsToAsk = 10;

/** Visibility query for the hosts that could be asked, and the one that the instance comes from, which need not serve. */
export const candidatesQuery = ({ host, from }: PlacementWish): string => {
  const candidates = host === undefined ? 'HostServing = true' : `Host = ${queryLiteral(host)}`;
  const source = from === undefined ? '' : ` OR Host = ${queryLiteral(from)}`;
  return `WorkflowType = 'host' AND ExecutionStatus = 'Running' AND (${candidates}${source})`;
};

/** A row of that query. */
export function toCandidate({ workflowId, typedSearchAttributes, memo }: HostRow): Candidate {
  const int = (name: string) => typedSearchAttributes.get({ name, type: 'INT' }) ?? 0;
  const peers = memo?.['peers'];
  return {
    name: workflowId.slice(hostWorkflowId('').length),
    free: { vcpus: int('FreeVcpus'), memoryMb: int('FreeMemoryMb'), diskGb: int('FreeDiskGb') },
    serving: typedSearchAttributes.get({ name: 'HostServing', type: 'BOOL' }) ?? false,
    peers: Array.isArray(peers) ? peers.filter((peer) => typeof peer === 'string') : null,
  };
}

interface HostRow {
  readonly workflowId: string;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly memo?: Readonly<Record<string, unknown>> | undefined;
}

/** What a host says of where its guests can go to. */
type Neighbour = Pick<Candidate, 'name' | 'peers'>;

/** Whether guests of the one host can go to the other: it names it, or neither of them names any. */
export const canGo = (from: Neighbour, to: Neighbour): boolean =>
  from.name === to.name || (from.peers === null ? to.peers === null : from.peers.includes(to.name));

/** A host that nobody has heard of names none. */
const neighbour = (listed: readonly Candidate[], name: string): Neighbour =>
  listed.find((candidate) => candidate.name === name) ?? { name, peers: null };

/** Whether the host that was asked for is one that the guest cannot go to, whether it serves or not. */
export const isOutOfReach = (listed: readonly Candidate[], { from, host }: PlacementWish): boolean =>
  from !== undefined && host !== undefined && !canGo(neighbour(listed, from), neighbour(listed, host));

/** Hosts to ask, best first: those with room by visibility, the emptiest first, and the one to avoid last. */
export function inOrderOfChoice(listed: readonly Candidate[], wish: PlacementWish): Candidate[] {
  const { flavor, avoid } = wish;
  const source = wish.from === undefined ? null : neighbour(listed, wish.from);
  const hosts = listed.filter((candidate) => willDo(candidate, source, wish));
  const wanted = resourcesOf(flavor);
  const weigh = ({ name, free }: Candidate) => (name === avoid ? -Infinity : free.memoryMb);
  const roomy = hosts.filter(({ free }) => fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
  const full = hosts.filter(({ free }) => !fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
  return [...roomy, ...full.slice(0, fullHostsToAsk)];
}

function willDo(candidate: Candidate, source: Neighbour | null, { host, exclude }: PlacementWish): boolean {
  const { name, serving } = candidate;
  if (!serving || name === exclude || (host !== undefined && name !== host)) return false;
  return source === null || canGo(source, candidate);
}

/** What no host had room for; how many there are, and what they have, is for operators. */
export function noRoomRemark({ flavor, host }: PlacementWish): string {
  const pinned = host === undefined ? '' : ` on the host that was asked for`;
  return `Asked for: ${flavor.name}${pinned}, that is ${resourcesText(flavor)}.`;
}

/** Why none of the hosts that were asked would do. */
export function noRoomDetail({ from, exclude }: PlacementWish, asked: readonly Candidate[]): string {
  if (asked.length === 0) {
    const reached = from === undefined ? '' : ` that its guest could go to from ${from}`;
    return `no ${exclude === undefined ? '' : 'other '}host serves${reached}`;
  }
  const most = asked.reduce<Resources>(
    (best, { free }) => ({
      vcpus: Math.max(best.vcpus, free.vcpus),
      memoryMb: Math.max(best.memoryMb, free.memoryMb),
      diskGb: Math.max(best.diskGb, free.diskGb),
    }),
    { vcpus: 0, memoryMb: 0, diskGb: 0 },
  );
  const names = asked.map(({ name }) => name).join(', ');
  return `asked ${names}: none had more free than ${most.vcpus} vcpus, ${most.memoryMb} MB and ${most.diskGb} GB`;
}

export const resourcesText = ({ vcpus, memoryMb, diskGb }: Resources): string =>
  `${vcpus} vcpus, ${memoryMb} MB of memory and ${diskGb} GB of disk`;
