import type { Colors } from '../../dev/colors.ts';
import type { InstanceRow } from '../../client/rows.ts';
import type { NetworkInterface } from '../../model/attachments.ts';
import type { ConfigSecrets } from '../../model/config-drive.ts';
import type { FollowUp } from '../../model/follow-up.ts';
import type { Flavor, InstanceRecord, Lock } from '../../model/instance.ts';
import { paintState } from './states.ts';
import { properties, table, type Column } from './table.ts';
import { moment } from './time.ts';

/** Instances as a table. */
export function instanceTable(rows: readonly InstanceRow[], colors: Colors): string {
  const columns: Column<InstanceRow>[] = [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'VM_STATE', cell: ({ vmState }) => vmState, paint: ({ vmState }) => paintState(vmState, colors) },
    { head: 'TASK_STATE', cell: ({ taskState }) => taskState },
    { head: 'POWER', cell: ({ powerState }) => powerState },
    { head: 'HOST', cell: ({ host }) => host },
    { head: 'FLAVOR', cell: ({ flavor }) => flavor?.name ?? null },
    { head: 'IMAGE', cell: ({ image }) => image },
    { head: 'CREATED', cell: ({ createdAt }) => moment(createdAt) },
  ];
  return rows.length === 0 ? 'There are no instances.' : table(columns, rows, colors);
}

/** One instance, with all that is known of it. */
export function instanceText(instance: InstanceRecord, colors: Colors): string {
  const { pendingResize, residence, locked = null } = instance;
  return properties(
    [
      ['id', instance.id],
      ['name', instance.name],
      ['vm_state', instance.vmState],
      ['task_state', instance.taskState],
      ['power_state', instance.powerState],
      ['host', residence?.host ?? null],
      ['flavor', flavorText(instance.flavor)],
      ['image', instance.image],
      ...(instance.volumes ?? []).map(({ volume, device }) => ['volume', `${volume} as ${device}`] as const),
      ...(instance.interfaces ?? []).map((one) => ['interface', interfaceText(one)] as const),
      ...(instance.description ? [['description', instance.description] as const] : []),
      ...Object.entries(instance.metadata ?? {}).map(([key, value]) => ['metadata', `${key}=${value}`] as const),
      ...(instance.tags?.length ? [['tags', instance.tags.join(' ')] as const] : []),
      ...(instance.hostname === undefined ? [] : [['hostname', instance.hostname] as const]),
      ...(instance.key ? [['key', instance.key.name] as const] : []),
      ...(instance.configDrive ? [['config drive', contentsText(instance.configDrive)] as const] : []),
      ['owner', `user ${instance.userId} of project ${instance.projectId}`],
      ['created', moment(instance.createdAt)],
      ['updated', moment(instance.updatedAt)],
      ...(pendingResize === null
        ? []
        : [['resized from', `${flavorText(pendingResize.flavor)}, on ${pendingResize.from.host}`] as const]),
      ...(locked === null ? [] : [['locked', lockText(locked)] as const]),
      ...(instance.followUp ? [['by itself', followUpText(instance.followUp)] as const] : []),
      ...(instance.terminatedAt === null ? [] : [['deleted', moment(instance.terminatedAt)] as const]),
    ],
    colors,
  );
}

/** What is on it, and not what it says. */
const contentsText = ({ userData, files, adminPassword }: ConfigSecrets): string => {
  const secrets = [userData && 'user data', files && 'files', adminPassword && 'a password'].filter(Boolean);
  return secrets.length === 0 ? 'nothing secret' : `with ${secrets.join(', ')}`;
};

const lockText = ({ by, reason, at }: Lock): string => `by ${by} ${moment(at)}${reason === null ? '' : `: ${reason}`}`;
const followUpText = ({ operation, at, reason }: FollowUp): string => `${operation} at ${moment(at)}, ${reason}`;

const flavorText = ({ name, vcpus, memoryMb, diskGb }: Flavor): string =>
  `${name}: ${vcpus} vCPU, ${memoryMb} MB memory, ${diskGb} GB disk`;

const interfaceText = ({ port, network, mac, fixedIp }: NetworkInterface): string =>
  `${fixedIp ?? mac} on ${network}, port ${port}`;
