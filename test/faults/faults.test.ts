/** Every fault of the catalogue comes about, and is told to each reader in the words that are meant for him. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { faultCatalogue, faultCodes, taskFaults } from '../../src/model/fault.ts';
import { representFault, viewers } from '../../src/model/representation.ts';
import { units } from '../../src/operations/units/index.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { scenarios } from './scenarios.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ hosts: ['host-1', 'host-2'] });
});
afterEach(() => fleet.hypervisors.behave());
afterAll(() => fleet.dispose());

test.each(faultCodes)(
  '%s comes about, from a unit that declares it, and owners learn neither host nor original',
  async (code) => {
    const { fault, items } = await scenarios[code](fleet);
    if (fault === null) throw new Error('the task has no fault');
    expect(fault).toMatchObject({ code, nextAction: faultCatalogue[code].nextAction });
    expect(fault.message).toContain(faultCatalogue[code].sentence);

    const raisedBy = items.find((item) => item.fault?.code === code)?.unit;
    const declaredBy = Object.values(units).filter(({ faults }) => faults.includes(code));
    if (!taskFaults.some((own) => own === code)) expect(declaredBy.map(({ name }) => name)).toContain(raisedBy);

    const owners = representFault(fault, viewers.tenant);
    expect(Object.keys(owners)).toEqual(['code', 'blame', 'retryable', 'message', 'next_action', 'step']);
    if (fault.detail !== undefined) expect(JSON.stringify(owners)).not.toContain(fault.detail);
    expect(JSON.stringify(owners)).not.toContain('host-1');
    expect(representFault(fault, viewers.operator)).toMatchObject({ for_operator: faultCatalogue[code].forOperator });
  },
);
