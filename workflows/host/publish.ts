import { upsertSearchAttributes } from '@temporalio/workflow';
import type { HostRecord } from '../../src/model/host.ts';
import { toSearchAttributeUpdates } from '../../src/model/search-attributes.ts';

/** What a worker of the host can look up without waking anybody. */
export const hostMemo = ({ epoch }: HostRecord) => ({ epoch });

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
