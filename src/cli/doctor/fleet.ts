import type { Configuration } from '../../dev/configuration.ts';
import type { HostRecord } from '../../model/host.ts';
import { hostTaskQueue } from '../../model/task.ts';
import type { Session } from '../session.ts';
import { servingText } from '../text/hosts.ts';
import { fine, silent, wrong, type Finding } from './finding.ts';

const controlTaskQueue = 'control';

/** Whether anybody runs the workflows. */
export async function examineWorkers(session: Session): Promise<Finding> {
  const workers = await (await session.client()).workers();
  const count = workers.filter(({ taskQueue }) => taskQueue === controlTaskQueue).length;
  const name = 'control workers';
  if (count === 0) return silent(name, 'none is alive: nothing is answered, nothing goes on', 'itask worker --control');
  return fine(name, count === 1 ? 'one is alive' : `${count} are alive`);
}

/** Each host that the configuration names or that has ever registered. */
export async function examineHosts(session: Session, configuration: Configuration | null): Promise<Finding[]> {
  const client = await session.client();
  const [records, workers] = await Promise.all([client.hosts(), client.workers()]);
  const declared = configuration?.hosts.map(({ name }) => name) ?? [];
  const names = new Set([...declared, ...records.map(({ name }) => name)]);
  if (names.size === 0) {
    return [wrong('hosts', 'there are none: no instance can be created', 'itask worker --host NAME serves one')];
  }
  return [...names].map((name) => {
    const alive = workers.filter(({ taskQueue }) => taskQueue === hostTaskQueue(name)).length;
    const record = records.find((candidate) => candidate.name === name);
    return examineHost(name, record, alive);
  });
}

function examineHost(name: string, record: HostRecord | undefined, workers: number): Finding {
  const subject = `host ${name}`;
  const start = `itask worker --host ${name}`;
  if (record === undefined) return wrong(subject, 'it has never registered', start);
  if (record.fenced) {
    const owed = `it is fenced, and owes ${record.debts.length} debts`;
    return wrong(subject, owed, `${start} brings it back once its instances are evacuated`);
  }
  if (workers === 0) return wrong(subject, 'none of its workers is alive', start);
  const alive = workers === 1 ? 'one worker' : `${workers} workers`;
  const { debts, serving, settling, maintenance } = record;
  const strays = record.traits?.strays ?? [];
  if (strays.length > 0) {
    const found = `it has ${strays.length === 1 ? 'a guest' : 'guests'} that no instance has room for there: ${strays.join(', ')}`;
    const remedy = `itask recover ID --from-host ${name} brings back one that itask show ID does not know`;
    return wrong(subject, found, `nothing touches them; itask show ID says where each belongs; ${remedy}`);
  }
  if (serving || maintenance)
    return fine(subject, `${alive}, ${record.claims.length} claims, serving: ${servingText(record)}`);
  if (settling) {
    return wrong(
      subject,
      `it pays ${debts.length} debts and serves nothing meanwhile`,
      `itask hosts -o json shows them`,
    );
  }
  return wrong(subject, 'it does not serve though its workers are alive', `start one anew: ${start}`);
}
