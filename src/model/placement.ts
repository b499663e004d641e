/** Choosing a host: filter and weigh over what visibility lists. Pure: placement claims by it, the plan only asks. */
import type { TypedSearchAttributes } from '@temporalio/common';
import { fits, resourcesOf, type Resources } from './host.ts';
import type { Flavor } from './instance.ts';
import { hostWorkflowId } from './task.ts';

/** Which hosts will do for an instance. */
export interface PlacementWish {
  readonly flavor: Flavor;
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
}

/** Hosts that were full by visibility are asked too, as it may be behind; but not all of a large fleet. */
const fullHostsToAsk = 10;

/** Visibility query for the hosts that could be asked. */
export const candidatesQuery = ({ host }: PlacementWish): string => {
  const named = host === undefined ? '' : ` AND Host = '${host.replaceAll("'", "''")}'`;
  return `WorkflowType = 'host' AND ExecutionStatus = 'Running' AND HostServing = true${named}`;
};

/** A row of that query. */
export function toCandidate({ workflowId, typedSearchAttributes }: HostRow): Candidate {
  const int = (name: string) => typedSearchAttributes.get({ name, type: 'INT' }) ?? 0;
  return {
    name: workflowId.slice(hostWorkflowId('').length),
    free: { vcpus: int('FreeVcpus'), memoryMb: int('FreeMemoryMb'), diskGb: int('FreeDiskGb') },
  };
}

interface HostRow {
  readonly workflowId: string;
  readonly typedSearchAttributes: TypedSearchAttributes;
}

/** Hosts to ask, best first: those with room by visibility, the emptiest first, and the one to avoid last. */
export function inOrderOfChoice(listed: readonly Candidate[], { flavor, avoid, exclude }: PlacementWish): Candidate[] {
  const hosts = listed.filter(({ name }) => name !== exclude);
  const wanted = resourcesOf(flavor);
  const weigh = ({ name, free }: Candidate) => (name === avoid ? -Infinity : free.memoryMb);
  const roomy = hosts.filter(({ free }) => fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
  const full = hosts.filter(({ free }) => !fits(wanted, free)).sort((a, b) => weigh(b) - weigh(a));
  return [...roomy, ...full.slice(0, fullHostsToAsk)];
}

/** What no host had room for; how many there are, and what they have, is for operators. */
export function noRoomRemark({ flavor, host }: PlacementWish): string {
  const pinned = host === undefined ? '' : ` on the host that was asked for`;
  return `Asked for: ${flavor.name}${pinned}, that is ${resourcesText(flavor)}.`;
}

/** Why none of the hosts that were asked would do. */
export function noRoomDetail({ exclude }: PlacementWish, asked: readonly Candidate[]): string {
  if (asked.length === 0) return `no ${exclude === undefined ? '' : 'other '}host serves`;
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
