/** The faults that units of a kind have in common. */
/** Of every unit of a host. */
export const hostFaults = [
  'HYPERVISOR_ERROR',
  'HOST_OUT_OF_SPACE',
  'HOST_OUT_OF_MEMORY',
  'HYPERVISOR_UNREACHABLE',
  'HOST_UNRESPONSIVE',
  'HOST_DOWN',
  'HOST_FENCED',
  'HOST_BUSY',
  'DEADLINE_EXCEEDED',
  'STALE_ATTEMPT',
  'INTERNAL_ERROR',
] as const;
/** Of units that need a guest. */
export const guestFaults = [...hostFaults, 'GUEST_NOT_FOUND', 'GUEST_STATE_CONFLICT'] as const;
/** Of units that need a disk. */
export const diskFaults = [...hostFaults, 'DISK_NOT_FOUND'] as const;
/** Of units that make something of an image. */
export const imageFaults = [...hostFaults, 'IMAGE_NOT_FOUND'] as const;
/** Of units that need a volume. */
export const volumeFaults = [...hostFaults, 'VOLUME_NOT_FOUND'] as const;
/** Of every unit of the control plane. */
export const controlFaults = ['DEADLINE_EXCEEDED', 'INTERNAL_ERROR'] as const;
