/** A copy of the disk of a guest that runs, as it is at one moment: libvirt's backup job. The guest goes on meanwhile. */
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { UnitFault } from '../../unit-fault.ts';
import { ended, output } from './commands.ts';
import { jobOf } from './jobs.ts';
import { domainName } from './layout.ts';
import type { Act } from './unit.ts';

const glanceMs = 300;

/** Copies the first disk to the file. A job that an attempt before this one has left is ended first: its file is another. */
export async function backUp(act: Act, file: string): Promise<void> {
  const { host, instanceId, context, delivery } = act;
  const name = domainName(instanceId);
  if ((await jobOf(act)) !== null) await delivery.attempt(host.virsh('domjobabort', name));
  const description = `${file}.xml`;
  await writeFile(
    description,
    `<domainbackup mode='push'><disks><disk name='vda' type='file' backup='yes'><driver type='qcow2'/><target file='${file}'/></disk></disks></domainbackup>`,
  );
  try {
    await delivery.effect(null, host.virsh('backup-begin', name, description));
    for (let job = await jobOf(act); job !== null; job = await jobOf(act)) {
      context.progress(job.share);
      await delay(glanceMs, undefined, { signal: context.signal });
    }
    const { stdout } = await ended(host.virsh('domjobinfo', name, '--completed'), context);
    if (!/Job type:\s+Completed/.test(stdout))
      throw new UnitFault('HYPERVISOR_ERROR', `the backup was not completed: ${stdout}`);
  } finally {
    await rm(description, { force: true });
    if (context.signal.aborted) await output(host.virsh('domjobabort', name)).catch(() => undefined);
  }
}
