/** What servers are shown from: the record of an instance, or what lists have of it. */
import type { InstanceFault } from '../../model/instance-action.ts';
import { guestDetails, type InstanceDetails } from '../../model/instance-memo.ts';
import type { Flavor, InstanceRecord } from '../../model/instance.ts';
import {
  isPowerState,
  isVmState,
  type PowerState,
  type TaskState,
  type VmState,
  taskStates,
} from '../../model/states.ts';
import type { StoredInstance } from '../../read-model/row.ts';

/** A fault; the detail is there only where an admin asked for one server. */
export interface ShownFault {
  readonly message: string;
  readonly created: string;
  readonly detail?: string;
}

export interface ShownServer extends Omit<InstanceDetails, 'fault'> {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly vmState: VmState;
  readonly taskState: TaskState | null;
  readonly powerState: PowerState;
  readonly flavor: Flavor;
  /** Name of the catalogue, or id of one that was made of an instance. */
  readonly image: string;
  readonly host: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly fault: ShownFault | null;
}

/** From the truth. */
export function shownRecord(record: InstanceRecord, fault: InstanceFault | null): ShownServer {
  const {
    residence,
    locked = null,
    description = null,
    metadata = {},
    tags = [],
    volumes = [],
    interfaces = [],
    requestedBy = null,
    key: _key,
    configDrive: _configDrive,
    accessIPv4: _accessIPv4,
    accessIPv6: _accessIPv6,
    ...rest
  } = record;
  return {
    ...rest,
    ...guestDetails(record),
    host: residence?.host ?? null,
    locked,
    description,
    metadata,
    tags,
    volumes,
    interfaces,
    requestedBy,
    fault,
  };
}

const noFlavor: Flavor = { name: '', vcpus: 0, memoryMb: 0, diskGb: 0 };

/** From a list. */
export function shownListed(listed: StoredInstance): ShownServer {
  const { vmState, taskState, powerState, flavor, image, userId } = listed;
  return {
    ...listed,
    vmState: isVmState(vmState) ? vmState : 'error',
    taskState: taskStates.find((state) => state === taskState) ?? null,
    powerState: isPowerState(powerState) ? powerState : 'NOSTATE',
    flavor: flavor ?? noFlavor,
    image: image ?? '',
    userId: userId ?? '',
  };
}
