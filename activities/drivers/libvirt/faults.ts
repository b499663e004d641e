/** What libvirt and QEMU say when something goes wrong, as faults. Their words stay in the detail, which admins see. */
import type { FaultCode } from '../../../src/model/fault.ts';
import { UnitFault } from '../../unit-fault.ts';

/** The first that fits; what fits none is HYPERVISOR_ERROR. In the words of LC_ALL=C, libvirt 9 and QEMU 7. */
const meanings: readonly (readonly [RegExp, FaultCode])[] = [
  [/failed to get domain|Domain not found/, 'GUEST_NOT_FOUND'],
  [/No space left on device|Disk quota exceeded/, 'HOST_OUT_OF_SPACE'],
  [/cannot set up guest memory|Cannot allocate memory/, 'HOST_OUT_OF_MEMORY'],
  [
    /failed to connect to the hypervisor|Failed to connect socket|End of file while reading data|client socket is closed|no valid connection|Disconnected from|Cannot (recv|write) data|keepalive/,
    'HYPERVISOR_UNREACHABLE',
  ],
  [
    /cannot acquire state change lock|is already being (removed|started)|Failed to get (shared )?"write" lock/,
    'HOST_BUSY',
  ],
  [
    /Cannot access (storage|backing) file|could not open kernel file|Could not open '.*': No such file|Failed to find/,
    'DISK_NOT_FOUND',
  ],
  [/QEMU guest agent is not|Guest agent is not responding/, 'GUEST_UNRESPONSIVE'],
];

/** The fault that a program of libvirt's or QEMU's has met, by what it has written to its standard error. */
export function faultIn(program: string, said: string): UnitFault {
  const text = said.trim();
  const code = meanings.find(([pattern]) => pattern.test(text))?.[1] ?? 'HYPERVISOR_ERROR';
  return new UnitFault(code, `${program}: ${text || 'it has failed without a word'}`);
}

/** It has taken longer than such a call ever should: nobody knows what became of it. */
export const silenceOf = (program: string, seconds: number): UnitFault =>
  new UnitFault('HYPERVISOR_UNREACHABLE', `${program} has not been answered within ${seconds} s`);

/** Somebody has killed it: what it had asked for may still be done. */
export const cutOff = (program: string, signal: string): UnitFault =>
  new UnitFault('HYPERVISOR_UNREACHABLE', `${program} was ended by ${signal}, and its request with it or not`);

/** What the file system says, where it is a fault of the host. */
export function faultOfFiles(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new UnitFault('HOST_OUT_OF_SPACE', error instanceof Error ? error.message : String(error), { cause: error });
}
