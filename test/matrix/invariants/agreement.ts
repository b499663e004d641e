/** The record says what there is, no more and no less. */
import { reconcileVmState } from '../../../src/model/states.ts';
import { recorded, recordedVolumes } from '../../support/recorded.ts';
import type { Subject } from '../subject.ts';
import { unlessEqual, type Violation } from '../violation.ts';

/** Guest, disks, port and claims on every host are those of the record, and no host owes anything. */
export async function recordEqualsHypervisor(subject: Subject): Promise<Violation[]> {
  const { hypervisors } = subject.lane.fleet;
  const record = await subject.record();
  const [found, volumes, debts] = await Promise.all([
    hypervisors.belongings(subject.id),
    hypervisors.volumesOf(subject.id),
    hypervisors.debts(subject.id),
  ]);
  const { vmState, powerState } = record;
  return [
    ...differences(found, recorded(record)),
    ...unlessEqual('volumes', volumes, recordedVolumes(record)),
    ...unlessEqual(
      'debts',
      debts.map(({ unit }) => unit),
      [],
    ),
    ...(vmState === 'error' ? [] : unlessEqual('vm_state', vmState, reconcileVmState(vmState, powerState))),
  ];
}

/** No host has anything of it. */
export async function nothingIsLeft(subject: Subject): Promise<Violation[]> {
  const { hypervisors } = subject.lane.fleet;
  return [
    ...differences(await hypervisors.belongings(subject.id), {}),
    ...unlessEqual('volumes', await hypervisors.volumesOf(subject.id), []),
  ];
}

type Things = Readonly<Record<string, object>>;

/** What differs, named by the kind of thing: `claims`, `disks`. */
export function differences(found: Things, expected: Things): Violation[] {
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].sort().flatMap((host) => {
    const [has, should] = [entries(found[host]), entries(expected[host])];
    return [...new Set([...has.keys(), ...should.keys()])].flatMap((kind) =>
      unlessEqual(kind, has.get(kind), should.get(kind)).map(({ invariant, detail }) => ({
        invariant,
        detail: `on ${host} ${detail}`,
      })),
    );
  });
}

/** A host that has nothing has none of each. */
const entries = (things: object | undefined): Map<string, unknown> =>
  new Map(Object.entries(things ?? {}).filter(([, value]) => !isNone(value)));

const isNone = (value: unknown): boolean =>
  value === null || value === false || (Array.isArray(value) && value.length === 0);
