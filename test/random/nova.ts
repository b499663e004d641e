/**
 * What becomes of instances, as Nova's documentation has it: a table written apart from the declarations, so that the two
 * can be held against each other. It knows nothing of steps, tasks and workflows.
 */

/** An instance, as far as an owner can tell. */
export interface Machine {
  readonly vmState: string;
  readonly running: boolean;
  readonly flavor: string;
  /** Ids, in the order in which it got them. */
  readonly volumes: readonly string[];
  /** How many it has beside its first. */
  readonly interfaces: number;
  /** What a resize can go back to. */
  readonly before: { readonly vmState: string; readonly flavor: string } | null;
  /** What it was before it was softly deleted. */
  readonly aside?: { readonly vmState: string; readonly running: boolean } | undefined;
  readonly locked?: boolean;
}

export const newMachine: Machine = {
  vmState: 'active',
  running: true,
  flavor: 'm1.tiny',
  volumes: [],
  interfaces: 0,
  before: null,
};

export type Input = Readonly<
  Record<string, string | number | null | readonly string[] | Readonly<Record<string, string>>>
>;

/** What becomes of a task whose first unit on a host fails for good, before it has done anything. */
export type Failing =
  /** It fails, and the instance is as it was. */
  | 'fails'
  /** It completes: nothing needs to be done on a host, or the host owes it. */
  | 'completes'
  /** It fails, and the instance is in error. */
  | 'errs';

export interface Rule {
  readonly from: readonly string[];
  /** The instance once it is done; null when the request is not allowed for another reason than the state. */
  readonly to: (machine: Machine, input: Input) => Machine | null;
  /** The instance when it is cancelled after its first half, which stays. */
  readonly halfway?: (machine: Machine) => Machine;
  /** `fails` where absent. */
  readonly failing?: (machine: Machine) => Failing;
  readonly evenWhenLocked?: true;
}

const becomes = (vmState: string, running: boolean) => (machine: Machine) => ({ ...machine, vmState, running });
const asItIs = (machine: Machine): Machine => machine;
const gone = (machine: Machine): Machine => ({ ...becomes('deleted', false)(machine), volumes: [], interfaces: 0 });
const settled = (machine: Machine): Machine => ({ ...machine, before: null });
const backTo = (machine: Machine): Machine => ({
  ...settled(machine),
  vmState: machine.before?.vmState ?? '',
  running: machine.before?.vmState === 'active',
});
/** Flavors by the size of their disks, which cannot shrink. */
export const sizes: readonly string[] = ['m1.tiny', 'm1.small', 'm1.medium', 'm1.large'];

const awake = ['active', 'stopped', 'paused', 'suspended'];
const onItsHost = [...awake, 'resized', 'rescued', 'error', 'shelved'];
const everything = [...onItsHost, 'shelved_offloaded', 'soft-delete'];
const takesVolumes = ['active', 'paused', 'stopped', 'resized', 'soft-delete', 'shelved', 'shelved_offloaded'];

const isOff = ({ vmState, running }: { readonly vmState: string; readonly running: boolean }) =>
  !running && vmState !== 'paused';
const isOnNoHost = ({ vmState, aside }: Machine) => (aside?.vmState ?? vmState) === 'shelved_offloaded';

const completes = (): Failing => 'completes';
const errs = (): Failing => 'errs';

/** The operations that act on an instance which exists already. */
export const rules: Readonly<Record<string, Rule>> = {
  start: { from: ['stopped'], to: becomes('active', true) },
  stop: { from: ['active', 'error'], to: becomes('stopped', false) },
  reboot: {
    from: [...awake, 'error'],
    to: (machine, { type }) =>
      type === 'SOFT' && machine.vmState !== 'active' ? null : becomes('active', true)(machine),
  },
  pause: { from: ['active'], to: becomes('paused', false) },
  unpause: { from: ['paused'], to: becomes('active', true) },
  suspend: { from: ['active'], to: becomes('suspended', false) },
  resume: { from: ['suspended'], to: becomes('active', true) },
  resize: {
    from: ['active', 'stopped'],
    to: (machine, { flavor: wanted }) => {
      const { vmState, flavor } = machine;
      if (typeof wanted !== 'string' || sizes.indexOf(wanted) <= sizes.indexOf(flavor)) return null;
      return { ...machine, vmState: 'resized', flavor: wanted, before: { vmState, flavor } };
    },
  },
  migrate: {
    from: ['active', 'stopped'],
    to: (machine) => ({
      ...machine,
      vmState: 'resized',
      before: { vmState: machine.vmState, flavor: machine.flavor },
    }),
  },
  liveMigrate: { from: ['active', 'paused'], to: asItIs },
  confirmResize: {
    from: ['resized'],
    to: (machine) => ({ ...backTo(machine), running: machine.running }),
    failing: completes,
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
  createImage: { from: awake, to: asItIs, evenWhenLocked: true },
  createBackup: { from: awake, to: asItIs, evenWhenLocked: true },
  shelve: {
    from: awake,
    to: (machine, { offloadAfterSeconds }) =>
      becomes(offloadAfterSeconds === null ? 'shelved' : 'shelved_offloaded', false)(machine),
    halfway: becomes('shelved', false),
  },
  shelveOffload: { from: ['shelved'], to: becomes('shelved_offloaded', false) },
  unshelve: {
    from: ['shelved', 'shelved_offloaded'],
    to: (machine, { host }) => (host !== undefined && !isOnNoHost(machine) ? null : becomes('active', true)(machine)),
  },
  attachVolume: {
    from: takesVolumes,
    to: (machine, { volume }) => {
      const { volumes } = machine;
      return typeof volume !== 'string' || volumes.includes(volume)
        ? null
        : { ...machine, volumes: [...volumes, volume] };
    },
  },
  detachVolume: {
    from: takesVolumes,
    to: (machine, { volume }) => {
      const others = machine.volumes.filter((id) => id !== volume);
      return others.length === machine.volumes.length ? null : { ...machine, volumes: others };
    },
    failing: (machine) => (isOnNoHost(machine) ? 'completes' : 'fails'),
  },
  swapVolume: {
    from: ['active', 'paused', 'resized'],
    to: (machine, { volume, toVolume }) => {
      const { volumes } = machine;
      if (typeof toVolume !== 'string' || volumes.includes(toVolume) || volumes.every((id) => id !== volume))
        return null;
      return { ...machine, volumes: volumes.map((id) => (id === volume ? toVolume : id)) };
    },
  },
  attachInterface: {
    from: ['active', 'paused', 'stopped'],
    to: (machine) => ({ ...machine, interfaces: machine.interfaces + 1 }),
  },
  detachInterface: {
    from: ['active', 'paused', 'stopped'],
    to: (machine) => (machine.interfaces === 0 ? null : { ...machine, interfaces: machine.interfaces - 1 }),
  },
  changePassword: { from: ['active'], to: asItIs },
  triggerCrashDump: { from: ['active', 'paused', 'rescued', 'resized', 'error'], to: asItIs },
  softDelete: {
    from: [...onItsHost, 'shelved_offloaded'],
    to: (machine) => {
      const { vmState, running } = machine;
      return { ...machine, vmState: 'soft-delete', running: false, aside: { vmState, running } };
    },
    failing: (machine) => (isOff(machine) ? 'completes' : 'fails'),
  },
  restore: {
    from: ['soft-delete'],
    to: ({ aside, ...machine }) => {
      if (aside === undefined) return null;
      return aside.vmState === 'paused' ? becomes('active', true)(machine) : { ...machine, ...aside };
    },
    failing: ({ aside }) => (aside !== undefined && isOff(aside) ? 'completes' : 'fails'),
  },
  lock: {
    from: everything,
    to: (machine) => ({ ...machine, locked: true }),
    failing: completes,
    evenWhenLocked: true,
  },
  unlock: {
    from: everything,
    to: (machine) => ({ ...machine, locked: false }),
    failing: completes,
    evenWhenLocked: true,
  },
  update: { from: everything, to: asItIs, failing: completes, evenWhenLocked: true },
  updateMetadata: { from: everything, to: asItIs, failing: completes },
  updateTags: { from: everything, to: asItIs, failing: completes, evenWhenLocked: true },
  syncPowerState: {
    from: everything,
    to: (machine) => (isOnNoHost(machine) ? null : machine),
    evenWhenLocked: true,
  },
  delete: { from: everything, to: gone, failing: errs },
  forceDelete: { from: everything, to: gone, failing: errs },
};

/** The volumes that there are for each instance. */
export const volumes: readonly string[] = ['data', 'spare'];

/** Inputs to draw from, of the operations that take any. */
export const examples: Readonly<Record<string, readonly Input[]>> = {
  reboot: [{ type: 'SOFT' }, { type: 'HARD' }],
  resize: sizes.map((flavor) => ({ flavor })),
  rebuild: [{ image: 'debian-13' }, { image: 'cirros' }],
  rescue: [{}, { image: 'debian-13' }],
  createImage: [{ name: 'golden' }],
  createBackup: [{ name: 'monday', backupType: 'daily', rotation: 1 }],
  shelve: [{}, { offloadAfterSeconds: null }],
  unshelve: [{}, { host: 'host-2' }],
  attachVolume: volumes.map((volume) => ({ volume })),
  detachVolume: volumes.map((volume) => ({ volume })),
  swapVolume: [
    { volume: 'data', toVolume: 'spare' },
    { volume: 'spare', toVolume: 'data' },
  ],
  attachInterface: [{ network: 'private' }],
  detachInterface: [{ port: 'the newest' }],
  changePassword: [{ adminPass: 'correct horse' }],
  update: [{ description: 'somebody was here' }],
  updateMetadata: [{ metadata: { owner: 'alice' } }],
  updateTags: [{ add: ['web'] }],
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
