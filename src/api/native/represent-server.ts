import type { InstanceRow } from '../../client/rows.ts';
import type { InstanceRecord } from '../../model/instance.ts';
import { representInstance, representInstanceSummary, type Viewer } from '../../model/representation.ts';
import { isPowerState } from '../../model/states.ts';
import { actionOf } from './actions.ts';
import { link, paths } from './links.ts';
import { virtStateOf, type ServerResource, type ServerSummary } from './server.schema.ts';

const linksOf = (id: string): ServerSummary['_links'] => ({
  self: link(paths.server(id)),
  describedby: link(paths.schema('server')),
  'rel/server_tasks': link(paths.serverTasks(id)),
});
const powerStateOf = (word: string | null) => (word !== null && isPowerState(word) ? word : null);

/** A server by its own word. */
export function toServerResource(instance: InstanceRecord, viewer: Viewer): ServerResource {
  const { vm_state, power_state, locked, volumes, interfaces, follow_up, ...rest } = representInstance(
    instance,
    viewer,
  );
  return {
    ...rest,
    tags: [...rest.tags],
    virt_state: virtStateOf(vm_state),
    power_state: powerStateOf(power_state),
    locked,
    block_devices: volumes,
    networking: interfaces,
    follow_up: follow_up && { action: actionOf(follow_up.action), at: follow_up.at, reason: follow_up.reason },
    _links: linksOf(instance.id),
  };
}

/** A server as a list has it. */
export function toServerSummary(row: InstanceRow, viewer: Viewer): ServerSummary {
  const { vm_state, power_state, ...rest } = representInstanceSummary(row, viewer);
  return {
    ...rest,
    virt_state: virtStateOf(vm_state),
    power_state: powerStateOf(power_state),
    _links: linksOf(row.id),
  };
}
