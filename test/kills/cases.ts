/** The nineteen cases in which a real Nova (26.2.2, fake driver) was killed with -9, and what it came to there. */
import type { OperationName } from '../../src/operations/index.ts';
import type { VmState } from '../../src/model/states.ts';

/** What became of a case in Nova, two minutes after its services had come back. */
interface NovaOutcome {
  readonly endsIn: string;
  readonly action: string;
  /** Whether what had been asked for was done. */
  readonly done: string;
}

export interface KillCase {
  /** As Nova's table names it. */
  readonly words: string;
  readonly operation: OperationName;
  readonly input: Readonly<Record<string, unknown>>;
  /** What was killed in Nova; here it is the worker of the host, or that of the control plane. */
  readonly killed: 'nova-compute' | 'nova-conductor';
  /** What is done to an active instance before: the way to where the operation starts from. */
  readonly first: readonly { readonly operation: OperationName; readonly input: Readonly<Record<string, unknown>> }[];
  /** The step that is under way when the worker is killed. */
  readonly step: string;
  readonly nova: NovaOutcome;
  readonly leadsTo: VmState;
}

const open = 'left open';
const neverDone = 'no';

const resize = { operation: 'resize', input: { flavor: 'm1.medium', host: 'host-2' } } as const;
const toShelf = { operation: 'shelve', input: {} } as const;

export const killCases: readonly KillCase[] = [
  {
    words: 'create (spawn)',
    operation: 'create',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'define',
    nova: { endsIn: 'ERROR, no fault', action: open, done: neverDone },
    leadsTo: 'active',
  },
  {
    words: 'rebuild (spawn)',
    operation: 'rebuild',
    input: { image: 'debian-13' },
    killed: 'nova-compute',
    first: [],
    step: 'boot',
    nova: { endsIn: 'ERROR, no fault', action: open, done: 'no, and the old disk is gone' },
    leadsTo: 'active',
  },
  {
    words: 'resize, at the destination',
    ...resize,
    killed: 'nova-compute',
    first: [],
    step: 'define',
    nova: { endsIn: 'resize_finish for ever; only delete is left', action: open, done: 'half' },
    leadsTo: 'resized',
  },
  {
    words: 'resize, at the source',
    ...resize,
    killed: 'nova-compute',
    first: [],
    step: 'copyDisk',
    nova: { endsIn: 'ACTIVE; the migration stays `migrating`', action: open, done: 'no, dropped in silence' },
    leadsTo: 'resized',
  },
  {
    words: 'revert of a resize',
    operation: 'revertResize',
    input: {},
    killed: 'nova-compute',
    first: [resize],
    step: 'boot',
    nova: { endsIn: 'resize_reverting for ever; only delete is left', action: open, done: 'half' },
    leadsTo: 'active',
  },
  {
    words: 'shelve (snapshot)',
    ...toShelf,
    killed: 'nova-compute',
    first: [],
    step: 'upload',
    nova: { endsIn: 'shelving for ever, the guest off; only delete is left', action: open, done: 'half' },
    leadsTo: 'shelved_offloaded',
  },
  {
    words: 'rescue',
    operation: 'rescue',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'define',
    nova: { endsIn: 'rescuing for ever, the guest off; only delete is left', action: open, done: 'half' },
    leadsTo: 'rescued',
  },
  {
    words: 'suspend',
    operation: 'suspend',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'save',
    nova: { endsIn: 'suspending for ever', action: open, done: neverDone },
    leadsTo: 'suspended',
  },
  {
    words: 'resume',
    operation: 'resume',
    input: {},
    killed: 'nova-compute',
    first: [{ operation: 'suspend', input: {} }],
    step: 'restore',
    nova: { endsIn: 'resuming for ever', action: open, done: neverDone },
    leadsTo: 'active',
  },
  {
    words: 'createImage',
    operation: 'createImage',
    input: { name: 'a snapshot' },
    killed: 'nova-compute',
    first: [],
    step: 'upload',
    nova: { endsIn: 'ACTIVE; the image stays queued', action: open, done: neverDone },
    leadsTo: 'active',
  },
  {
    words: 'reboot HARD',
    operation: 'reboot',
    input: { type: 'HARD' },
    killed: 'nova-compute',
    first: [],
    step: 'hardReboot',
    nova: { endsIn: 'ACTIVE', action: open, done: 'no, dropped in silence' },
    leadsTo: 'active',
  },
  {
    words: 'reboot SOFT',
    operation: 'reboot',
    input: { type: 'SOFT' },
    killed: 'nova-compute',
    first: [],
    step: 'softReboot',
    nova: { endsIn: 'ACTIVE', action: open, done: 'no, dropped in silence' },
    leadsTo: 'active',
  },
  {
    words: 'pause',
    operation: 'pause',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'freeze',
    nova: { endsIn: 'ACTIVE', action: open, done: 'no, dropped in silence' },
    leadsTo: 'paused',
  },
  {
    words: 'stop',
    operation: 'stop',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'shutDown',
    nova: { endsIn: 'SHUTOFF', action: 'one event a success, one left open', done: 'yes' },
    leadsTo: 'stopped',
  },
  {
    words: 'start',
    operation: 'start',
    input: {},
    killed: 'nova-compute',
    first: [{ operation: 'stop', input: {} }],
    step: 'powerOn',
    nova: { endsIn: 'ACTIVE', action: 'one event a success, one left open', done: 'yes' },
    leadsTo: 'active',
  },
  {
    words: 'delete',
    operation: 'delete',
    input: {},
    killed: 'nova-compute',
    first: [],
    step: 'destroy',
    nova: { endsIn: 'gone', action: 'the first event left open', done: 'yes' },
    leadsTo: 'deleted',
  },
  {
    words: 'create (scheduling)',
    operation: 'create',
    input: {},
    killed: 'nova-conductor',
    first: [],
    step: 'claim',
    nova: { endsIn: 'BUILD, scheduling for ever', action: 'none: the list is empty', done: neverDone },
    leadsTo: 'active',
  },
  {
    words: 'resize (scheduling)',
    ...resize,
    killed: 'nova-conductor',
    first: [],
    step: 'claim',
    nova: { endsIn: 'resize_prep for ever; only delete is left', action: 'two events left open', done: neverDone },
    leadsTo: 'resized',
  },
  {
    words: 'unshelve (scheduling)',
    operation: 'unshelve',
    input: {},
    killed: 'nova-conductor',
    first: [toShelf],
    step: 'claim',
    nova: { endsIn: 'unshelving for ever; only delete is left', action: open, done: neverDone },
    leadsTo: 'active',
  },
];
