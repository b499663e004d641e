import { describe, expect, test } from '@jest/globals';
import {
  fault,
  faultCatalogue,
  faultCodes,
  isFaultCode,
  withoutAdminDetail,
  type FaultCode,
} from '../../src/model/fault.ts';

describe('the fault catalogue', () => {
  test.each(faultCodes)('%s tells its reader what happened and what to do, in whole sentences', (code) => {
    const { sentence, forOperator, nextAction } = faultCatalogue[code];
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(forOperator).toMatch(/^[A-Z].*\.$/);
    expect(nextAction).toMatch(/^[A-Z].*\.$/);
  });

  test.each(faultCodes)('%s names no software to the owner of the instance', (code) => {
    const { sentence, nextAction } = faultCatalogue[code];
    expect(`${sentence} ${nextAction}`).not.toMatch(/temporal|libvirt|qemu|workflow|activity|stack/i);
  });

  test('no two faults say the same', () => {
    const sentences = faultCodes.map((code) => faultCatalogue[code].sentence);
    expect(new Set(sentences).size).toBe(faultCodes.length);
  });

  test('what the caller did wrong is never tried again by itself', () => {
    const causedByCaller = faultCodes.filter((code) => faultCatalogue[code].blame === 'caller');
    expect(causedByCaller.filter((code) => faultCatalogue[code].retryable)).toEqual([]);
  });

  test('an attempt that a newer one has overtaken is never tried again', () => {
    expect(faultCatalogue.STALE_ATTEMPT.retryable).toBe(false);
  });

  test('a full fleet is a question of capacity, not a mistake of the host', () => {
    expect(faultCatalogue.NO_VALID_HOST).toMatchObject({ blame: 'capacity', retryable: false });
  });

  test.each(['NOPE', '', 'toString', '__proto__', 'no_valid_host', 7, null, undefined, {}])(
    '%p is not a fault code',
    (code) => {
      expect(isFaultCode(code)).toBe(false);
    },
  );
});

describe('a fault', () => {
  test.each(faultCodes)('%s carries blame, retry and next action of the catalogue', (code) => {
    const { blame, retryable, sentence, nextAction } = faultCatalogue[code];
    expect(fault(code)).toEqual({ code, blame, retryable, message: sentence, nextAction });
  });

  test('adds a remark to the sentence of the catalogue', () => {
    const code: FaultCode = 'NO_VALID_HOST';
    expect(fault(code, { remark: 'Wanted 4 vCPUs.' }).message).toBe(`${faultCatalogue[code].sentence} Wanted 4 vCPUs.`);
  });

  test('keeps its step, its original message and its host', () => {
    const circumstances = { step: 'powerOff', detail: 'monitor closed the connection', host: 'sim-2' };
    expect(fault('HYPERVISOR_ERROR', circumstances)).toMatchObject(circumstances);
  });

  test('shows its owner everything but the original message and the host', () => {
    const complete = fault('HYPERVISOR_ERROR', { step: 'powerOff', detail: 'socket /run/qemu.sock', host: 'sim-2' });
    const visible = withoutAdminDetail(complete);
    expect(visible).toEqual(fault('HYPERVISOR_ERROR', { step: 'powerOff' }));
    expect(JSON.stringify(visible)).not.toMatch(/sim-2|qemu/);
  });
});
