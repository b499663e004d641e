/** How hosts are shown to programs, in snake_case as all. */
import type { Claim, Debt, Fencing, HostRecord, Resources } from './host.ts';

const representResources = ({ vcpus, memoryMb, diskGb }: Resources) => ({
  vcpus,
  memory_mb: memoryMb,
  disk_gb: diskGb,
});

const representClaim = (claim: Claim) => ({
  id: claim.id,
  instance_id: claim.instanceId,
  ...representResources(claim),
  claimed_at: claim.claimedAt,
});

const representDebt = ({ id, unit, purpose, unreachable, owedAt }: Debt) => ({
  id,
  unit,
  instance_id: purpose.instanceId,
  task_id: purpose.taskId,
  step: purpose.step,
  direction: purpose.direction,
  unreachable,
  owed_at: owedAt,
});

const representFencing = ({ at, actor, reason }: Fencing) => ({ at, actor, reason });

export const representHost = (host: HostRecord) => ({
  name: host.name,
  up: host.up,
  serving: host.serving,
  maintenance: host.maintenance,
  settling: host.settling,
  fenced: host.fenced ? representFencing(host.fenced) : null,
  task: host.task ? { id: host.task.id, action: host.task.kind } : null,
  capacity: representResources(host.capacity),
  free: representResources(host.free),
  claims: host.claims.map(representClaim),
  debts: host.debts.map(representDebt),
  strays: host.traits?.strays ?? [],
  unsupported: host.traits?.unsupported ?? {},
  /** Null: guests can go to all hosts of which the same is said. */
  peers: host.traits?.peers ?? null,
  epoch: host.epoch,
  updated_at: host.updatedAt,
});
