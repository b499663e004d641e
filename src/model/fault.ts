/**
 * Faults: the typed reasons why a task failed. Each code is declared once, here, with who is to blame, whether a
 * repetition can help, the sentence that the owner of the instance reads and what to do next.
 */

/** Who must act so that it does not happen again. */
export type Blame = 'caller' | 'platform' | 'host' | 'guest' | 'capacity';

interface FaultDeclaration {
  readonly blame: Blame;
  /** True when the same unit, run again, may succeed: the retry policy of a unit follows from this. */
  readonly retryable: boolean;
  /** True when it is raised before anything was changed: the step that raised it needs no undo. */
  readonly untouched: boolean;
  /** One sentence for the owner of the instance. Names no host and no software. */
  readonly sentence: string;
  /** One sentence for whoever runs the platform: what it means there. */
  readonly forOperator: string;
  /** What the reader should do now. */
  readonly nextAction: string;
}

export const faultCatalogue = {
  NO_VALID_HOST: {
    blame: 'capacity',
    retryable: false,
    untouched: true,
    sentence: 'No host has room for the instance.',
    forOperator: 'No serving host has enough free vcpus, memory and disk, or the only host that was allowed has not.',
    nextAction: 'Ask for a smaller flavor, free capacity, or try again later.',
  },
  NOT_ALLOWED_IN_STATE: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'When its turn came, the instance was no longer in a state that the operation starts from.',
    forOperator:
      'The task waited in the queue, and the tasks before it left the instance in a state that the declaration excludes.',
    nextAction: 'Look at the state of the instance and choose an operation that it allows.',
  },
  LOCKED: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'When its turn came, the instance was locked.',
    forOperator: 'Somebody locked the instance while the task waited in the queue; who, when and why follows.',
    nextAction: 'Have the instance unlocked by whoever locked it, then ask again; an operator may override the lock.',
  },
  PRECEDING_TASK_FAILED: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'The task that it was to come after has not completed.',
    forOperator: 'The task waited for another one, which ended in another way than by completing, or does not exist.',
    nextAction: 'Look at that other task; this one can be retried, and then starts at once.',
  },
  GUEST_NOT_FOUND: {
    blame: 'host',
    retryable: false,
    untouched: true,
    sentence: 'The hypervisor does not know the machine.',
    forOperator:
      'The record places the guest on a host whose hypervisor has no such guest: it was removed behind the back of the platform.',
    nextAction: 'An operator compares the record with the hypervisor; deleting the instance works.',
  },
  DISK_NOT_FOUND: {
    blame: 'host',
    retryable: false,
    untouched: true,
    sentence: 'The disk of the machine is missing.',
    forOperator: 'The disk that the record names is not on the host, or is an unfinished copy.',
    nextAction: 'An operator looks for the disk; deleting the instance works.',
  },
  IMAGE_NOT_FOUND: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'The image is gone, or has never become whole.',
    forOperator: 'The image store had an image of that id and has it no more, or holds an unfinished upload of it.',
    nextAction: 'Choose another image; a shelved instance whose image is lost can only be deleted.',
  },
  VOLUME_NOT_FOUND: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'There is no such volume, or it is an unfinished copy.',
    forOperator: 'The volume store has no volume of that id, or a copy to it has not ended.',
    nextAction: 'Choose a volume that is there.',
  },
  VOLUME_IN_USE: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'The volume is not free for the instance.',
    forOperator: 'The volume store has the volume reserved for another instance, or not for this one.',
    nextAction: 'Detach the volume from the instance that has it, or choose another one.',
  },
  VOLUME_TOO_SMALL: {
    blame: 'caller',
    retryable: false,
    untouched: true,
    sentence: 'The new volume is smaller than the old one.',
    forOperator: 'A copy of the old volume does not fit on the new one.',
    nextAction: 'Choose a volume of the same size, or a larger one.',
  },
  GUEST_UNRESPONSIVE: {
    blame: 'guest',
    retryable: false,
    untouched: true,
    sentence: 'The machine did not do what it was asked for.',
    forOperator:
      'The guest keeps a device that it was asked to let go of, or has no agent that would do as it is told.',
    nextAction: 'Look into the machine: a mounted device, an agent that is not running; then ask again.',
  },
  SECRET_KEY_UNKNOWN: {
    blame: 'platform',
    retryable: false,
    untouched: true,
    sentence: 'The secret could not be read where it is needed.',
    forOperator: 'A secret was sealed with a key that the worker of the host does not have; the detail names the key.',
    nextAction: 'An operator gives the workers of the host all keys of the clients; ask again then.',
  },
  GUEST_STATE_CONFLICT: {
    blame: 'guest',
    retryable: false,
    untouched: true,
    sentence: 'The machine is in a power state that the step cannot start from.',
    forOperator: 'The hypervisor has the guest in another power state than the record had when the task was admitted.',
    nextAction: 'Look at the power state of the instance; start, stop or resume it first.',
  },
  HYPERVISOR_ERROR: {
    blame: 'host',
    retryable: false,
    untouched: false,
    sentence: 'The hypervisor refused or failed the request.',
    forOperator: 'The hypervisor took the request and answered with an error; the detail is its own text.',
    nextAction: 'An operator reads the detail of the fault; the task can be retried.',
  },
  HOST_OUT_OF_SPACE: {
    blame: 'capacity',
    retryable: false,
    untouched: false,
    sentence: 'There was no room left for the disk or the image.',
    forOperator:
      'The file system of the host, or of the image or volume store, is full: the books said that there was room.',
    nextAction: 'An operator makes room, or corrects what the host says it has; then ask again.',
  },
  HOST_OUT_OF_MEMORY: {
    blame: 'capacity',
    retryable: false,
    untouched: false,
    sentence: 'The host had too little memory left to start the machine.',
    forOperator:
      'QEMU was given less memory than the guest is to have, though the books of the host said that there was enough.',
    nextAction: 'An operator makes room, or corrects what the host says it has; then ask again.',
  },
  HYPERVISOR_UNREACHABLE: {
    blame: 'host',
    retryable: true,
    untouched: false,
    sentence: 'The hypervisor could not be reached.',
    forOperator: 'The worker of the host runs and its hypervisor did not take the connection, attempt after attempt.',
    nextAction: 'The step is retried by itself until its deadline.',
  },
  HOST_UNRESPONSIVE: {
    blame: 'host',
    retryable: true,
    untouched: false,
    sentence: 'The host took the step and then gave no sign of progress until the deadline.',
    forOperator: 'A worker took the unit and sent no heartbeat: the worker, the hypervisor or its storage hangs.',
    nextAction: 'An operator looks at the hypervisor of the host; the task can be retried.',
  },
  HOST_DOWN: {
    blame: 'host',
    retryable: true,
    untouched: false,
    sentence: 'The host of the instance does not answer.',
    forOperator:
      'The server has heard from no worker of the host lately; the host grants no claims until one registers.',
    nextAction: 'An operator starts a worker for the host; the task can be retried then.',
  },
  HOST_FENCED: {
    blame: 'host',
    retryable: true,
    untouched: true,
    sentence: 'The host of the instance is out of service.',
    forOperator: 'The host was declared fenced: nothing is sent to it until a worker of it registers.',
    nextAction: 'An operator evacuates the instance; the task can be retried then.',
  },
  HOST_NOT_FENCED: {
    blame: 'host',
    retryable: false,
    untouched: true,
    sentence: 'The host of the instance has come back into service.',
    forOperator:
      'Before the instance could leave its fenced host a worker of that registered: the guest may run there again.',
    nextAction: 'None: the instance stays where it is. An operator who wants it elsewhere migrates it.',
  },
  HOST_BUSY: {
    blame: 'capacity',
    retryable: true,
    untouched: false,
    sentence: 'The host of the instance had no free worker in time.',
    forOperator: 'Workers of the host are alive, and none took the unit within its deadline in the queue.',
    nextAction: 'Retry later, or an operator adds workers to the host.',
  },
  DEADLINE_EXCEEDED: {
    blame: 'platform',
    retryable: true,
    untouched: false,
    sentence: 'The step did not end before its deadline.',
    forOperator: 'The unit made progress and was still not done when the deadline of the step was over.',
    nextAction: 'Retry the task; if it happens again, an operator looks at the slow step.',
  },
  STALE_ATTEMPT: {
    blame: 'platform',
    retryable: false,
    untouched: true,
    sentence: 'A newer attempt of the work has taken over.',
    forOperator: 'The driver refused the unit: its fence is lower than one that has changed the guest already.',
    nextAction: 'None: the newer attempt goes on.',
  },
  TASK_TERMINATED: {
    blame: 'platform',
    retryable: false,
    untouched: false,
    sentence: 'The task was ended from outside.',
    forOperator: "The task's workflow was terminated or timed out in Temporal; its history says how far it had come.",
    nextAction: 'None: a recover task brings the instance into a defined state.',
  },
  INTERNAL_ERROR: {
    blame: 'platform',
    retryable: false,
    untouched: false,
    sentence: 'The platform made a mistake.',
    forOperator: 'A unit raised an error that is no declared fault; the detail and the stack trace tell where.',
    nextAction: 'An operator reads the detail of the fault and reports it.',
  },
} as const satisfies Record<string, FaultDeclaration>;

/** The stable code of a fault. */
export type FaultCode = keyof typeof faultCatalogue;

/** All of them. */
export const faultCodes: readonly FaultCode[] = Object.keys(faultCatalogue).filter(isFaultCode);

/** Those that a task ends with by itself: no unit raises them. */
export const taskFaults = [
  'NOT_ALLOWED_IN_STATE',
  'LOCKED',
  'PRECEDING_TASK_FAILED',
  'TASK_TERMINATED',
] as const satisfies FaultCode[];

/** True when `code` is one of the catalogue's. */
export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === 'string' && Object.hasOwn(faultCatalogue, code);
}

/** A fault as it is recorded on a task. Everything but `detail` and `host` may be shown to the owner. */
export interface Fault {
  readonly code: FaultCode;
  readonly blame: Blame;
  readonly retryable: boolean;
  /** The catalogue's sentence, and what is known beyond it that an owner may read. */
  readonly message: string;
  readonly nextAction: string;
  /** The step that raised it; absent when it was none. */
  readonly step?: string;
  /** Admins only: the original message. */
  readonly detail?: string;
  /** Admins only: where it happened. */
  readonly host?: string;
}

/** What is known of a fault beyond its code. */
export type FaultCircumstances = Pick<Fault, 'step' | 'detail' | 'host'> & {
  /** Follows the catalogue's sentence; must be fit for the owner's eyes. */
  readonly remark?: string;
};

/** A fault of the catalogue, with its circumstances. */
export function fault(code: FaultCode, { remark, ...circumstances }: FaultCircumstances = {}): Fault {
  const { blame, retryable, sentence, nextAction } = faultCatalogue[code];
  return { code, blame, retryable, message: remark ? `${sentence} ${remark}` : sentence, nextAction, ...circumstances };
}

/** The fault without what only admins may see: the original message and the host. */
export function withoutAdminDetail({ detail: _detail, host: _host, ...visible }: Fault): Fault {
  return visible;
}
