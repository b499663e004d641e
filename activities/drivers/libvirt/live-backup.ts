/** A copy of the disk of a guest that runs, as it is at one moment: libvirt's backup job. The guest goes on meanwhile. */
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UnitFault } from '../../unit-fault.ts';
import { output } from './commands.ts';
import { toBackup } from './domain.ts';
import { faultIn } from './faults.ts';
import { endJob, ownJob } from './own-jobs.ts';
import { domainName } from './layout.ts';
import { heedless, type Act } from './unit.ts';

const glanceMs = 300;

/** Copies the first disk, which is that file, to the other. A job that a delivery before has left is ended first: its file is another. */
export async function backUp(act: Act, source: string, file: string): Promise<void> {
  const { host, instanceId, context, delivery } = act;
  const name = domainName(instanceId);
  await endJob(act);
  const { disks } = await host.definition(instanceId, 'live', context);
  const [first = ''] = disks;
  try {
    await delivery.withDraft(toBackup(disks, first, file), (description) =>
      delivery.effect(null, host.virsh('backup-begin', name, description)),
    );
    for (let job = await ownJob(act); job !== null; job = await ownJob(act)) {
      context.progress(job.share);
      await delay(glanceMs, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (context.signal.aborted) await endJob(heedless(act));
    throw error;
  }
  const { stdout, stderr } = await host.glance(['domjobinfo', name, '--completed'], context);
  if (/Job type:\s+Completed/.test(stdout) && /Operation:\s+Backup/.test(stdout)) return;
  // libvirt does not say why.
  if (await isTooMuch(source, file, context)) {
    throw new UnitFault('HOST_OUT_OF_SPACE', `${dirname(file)} has too little space left for a copy of ${source}`);
  }
  throw faultIn('the backup', stdout || stderr);
}

const measureSchema = z.object({ required: z.int() });

/** Whether there is less space for the copy, with what there is of it already, than it needs. */
export async function isTooMuch(source: string, file: string, { signal }: Act['context']): Promise<boolean> {
  const command = ['qemu-img', 'measure', '-U', '-f', 'qcow2', '-O', 'qcow2', '--output=json', source] as const;
  const { required } = measureSchema.parse(JSON.parse(await output(command, { signal })));
  const { bavail, bsize } = await statfs(dirname(file));
  const taken = await stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
  return bavail * bsize + taken < required;
}
