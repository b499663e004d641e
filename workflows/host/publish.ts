import { patched, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { HostRecord } from '../../src/model/host.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';

/** What workers of the host and placement can look up without waking anybody. */
export const hostMemo = ({ name, epoch, traits }: HostRecord) => ({
  epoch,
  // With the host itself: the server takes an empty list for none.
  peers: traits?.peers ? [name, ...traits.peers] : null,
});

/** Notes where guests of the host can go to, where that is news. */
export function publishPeers(record: HostRecord): void {
  const { peers } = hostMemo(record);
  const noted = workflowInfo().memo?.['peers'] ?? null;
  if (JSON.stringify(peers) === JSON.stringify(noted)) return;
  // Workflow code of a version before may have been told and have noted nothing.
  if (patched('peers of hosts')) upsertMemo(hostMemo(record));
}

/** Writes what placement looks for. */
export function publish({ name, free, serving, updatedAt }: HostRecord): void {
  upsertSearchAttributes(
    toSearchAttributeUpdates({
      Host: name,
      HostServing: serving,
      FreeVcpus: free.vcpus,
      FreeMemoryMb: free.memoryMb,
      FreeDiskGb: free.diskGb,
      UpdatedAt: new Date(updatedAt),
    }),
  );
}
