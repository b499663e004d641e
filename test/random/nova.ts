/**
 * What becomes of instances, as Nova's documentation has it: a table written apart from the declarations, so that the two
 * can be held against each other. It knows nothing of steps, tasks and workflows.
 */

/** An instance, as far as an owner can tell. */
export interface Machine {
  readonly vmState: string;
  readonly running: boolean;
  readonly flavor: string;
  /** What a resize can go back to. */
  readonly before: { readonly vmState: string; readonly flavor: string } | null;
  /** What it was before it was softly deleted. */
  readonly aside?: { readonly vmState: string; readonly running: boolean } | undefined;
  readonly locked?: boolean;
}

export type Input = Readonly<Record<string, string>>;

export interface Rule {
  readonly from: readonly string[];
  /** The instance once it is done; null when the request is not allowed for another reason than the state. */
  readonly to: (machine: Machine, input: Input) => Machine | null;
  /** What becomes of it when its first unit on a host fails for good, before it has done anything. */
  readonly onFailure?: 'completes' | 'error';
  /** Whether there is nothing to be done on a host, so that nothing can fail there. */
  readonly workless?: (machine: Machine) => boolean;
  readonly evenWhenLocked?: true;
}

const becomes = (vmState: string, running: boolean) => (machine: Machine) => ({ ...machine, vmState, running });
const settled = (machine: Machine): Machine => ({ ...machine, before: null });
const backTo = (machine: Machine): Machine => ({
  ...settled(machine),
  vmState: machine.before?.vmState ?? '',
  running: machine.before?.vmState === 'active',
});
/** Flavors by the size of their disks, which cannot shrink. */
export const sizes: readonly string[] = ['m1.tiny', 'm1.small', 'm1.medium', 'm1.large'];

const undecided = ['active', 'stopped', 'paused', 'suspended', 'resized', 'rescued', 'error'];
const everything = [...undecided, 'soft-delete'];
const isOff = ({ vmState, running }: { readonly vmState: string; readonly running: boolean }) =>
  !running && vmState !== 'paused';

/** The operations that act on an instance which exists already. */
export const rules: Readonly<Record<string, Rule>> = {
  start: { from: ['stopped'], to: becomes('active', true) },
  stop: { from: ['active', 'error'], to: becomes('stopped', false) },
  reboot: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    to: (machine, { type }) =>
      type === 'SOFT' && machine.vmState !== 'active' ? null : becomes('active', true)(machine),
  },
  pause: { from: ['active'], to: becomes('paused', false) },
  unpause: { from: ['paused'], to: becomes('active', true) },
  suspend: { from: ['active'], to: becomes('suspended', false) },
  resume: { from: ['suspended'], to: becomes('active', true) },
  resize: {
    from: ['active', 'stopped'],
    to: ({ vmState, running, flavor }, { flavor: wanted }) =>
      wanted === undefined || sizes.indexOf(wanted) <= sizes.indexOf(flavor)
        ? null
        : { vmState: 'resized', running, flavor: wanted, before: { vmState, flavor } },
  },
  migrate: {
    from: ['active', 'stopped'],
    to: ({ vmState, running, flavor }) => ({ vmState: 'resized', running, flavor, before: { vmState, flavor } }),
  },
  confirmResize: {
    from: ['resized'],
    to: (machine) => ({ ...backTo(machine), running: machine.running }),
    onFailure: 'completes',
  },
  revertResize: {
    from: ['resized'],
    to: (machine) => ({ ...backTo(machine), flavor: machine.before?.flavor ?? '' }),
  },
  rebuild: {
    from: ['active', 'stopped', 'error'],
    to: (machine) => (machine.vmState === 'stopped' ? machine : becomes('active', true)(machine)),
  },
  rescue: { from: ['active', 'stopped', 'error'], to: becomes('rescued', true) },
  unrescue: { from: ['rescued'], to: becomes('active', true) },
  softDelete: {
    from: undecided,
    to: (machine) => {
      const { vmState, running } = machine;
      return { ...machine, vmState: 'soft-delete', running: false, aside: { vmState, running } };
    },
    workless: isOff,
  },
  restore: {
    from: ['soft-delete'],
    to: ({ aside, ...machine }) => {
      if (aside === undefined) return null;
      return aside.vmState === 'paused' ? becomes('active', true)(machine) : { ...machine, ...aside };
    },
    workless: ({ aside }) => aside !== undefined && isOff(aside),
  },
  lock: {
    from: everything,
    to: (machine) => ({ ...machine, locked: true }),
    workless: () => true,
    evenWhenLocked: true,
  },
  unlock: {
    from: everything,
    to: (machine) => ({ ...machine, locked: false }),
    workless: () => true,
    evenWhenLocked: true,
  },
  syncPowerState: { from: everything, to: (machine) => machine, evenWhenLocked: true },
  delete: { from: everything, to: becomes('deleted', false), onFailure: 'error' },
  forceDelete: { from: everything, to: becomes('deleted', false), onFailure: 'error' },
};

/** Inputs to draw from, of the operations that take any. */
export const examples: Readonly<Record<string, readonly Input[]>> = {
  reboot: [{ type: 'SOFT' }, { type: 'HARD' }],
  resize: sizes.map((flavor) => ({ flavor })),
  rebuild: [{ image: 'debian-13' }, { image: 'cirros' }],
  rescue: [{}, { image: 'debian-13' }],
};

/** The instance once the request is done; null when it is refused. */
export function afterwards(machine: Machine, operation: string, input: Input): Machine | null {
  const rule = rules[operation];
  if (isBarred(machine, operation)) return null;
  return rule?.from.includes(machine.vmState) ? rule.to(machine, input) : null;
}

/** Whether the lock of the instance keeps the request away. */
export const isBarred = ({ locked }: Machine, operation: string): boolean =>
  locked === true && rules[operation]?.evenWhenLocked !== true;
