/** Hosts as Nova's operators know them: services, hypervisors and availability zones. */
import type { FastifyRequest } from 'fastify';
import { v5 } from 'uuid';
import { z } from 'zod';
import { isAdmin } from '../../authentication/caller.ts';
import type { HostRecord } from '../../model/host.ts';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { BadRequest, NotFound } from '../http-error.ts';
import { parseBody } from './complaint.ts';
import { statusOf } from './hosts.ts';
import type { NovaContext } from './nova-context.ts';
import * as types from './parameters.ts';
import { forbiddenByPolicy } from './policy-words.ts';
import { toMicroseconds } from './times.ts';

const namespaceOfHosts = 'b8a3f4f6-3f0e-4b8c-8d0a-2f1f54c0f7a1';
/** Hosts have names only: the same name has the same id everywhere. */
const idOf = (host: string): string => v5(host, namespaceOfHosts);
/** Before 2.53 ids are numbers. */
const numberOf = (host: string): number => parseInt(idOf(host).slice(0, 7), 16);
const shownId = (host: string, version: number): string | number => (version >= 53 ? idOf(host) : numberOf(host));

const byId = z.object({ id: z.string() });
const serviceFilters = z.object({ host: z.string().optional(), binary: z.string().optional() });
const serviceChange = z.strictObject({
  status: z.enum(['enabled', 'disabled']).optional(),
  disabled_reason: z.string().min(1).max(255).optional(),
  forced_down: types.boolean.optional(),
});

const expectAdmin = (request: FastifyRequest, rule: string): void => {
  if (!isAdmin(callerOf(request))) throw forbiddenByPolicy(rule);
};

/** Adds their routes. */
export function addPlatform(api: Api, context: NovaContext): void {
  addServices(api, context);
  addHypervisors(api, context);
  addZones(api, context);
}

function addServices(api: Api, { hosts, reach }: NovaContext): void {
  api.get('/os-services', { schema: { querystring: serviceFilters } }, async (request) => {
    expectAdmin(request, 'os-services:list');
    const { host, binary = 'nova-compute' } = request.query;
    const all = binary === 'nova-compute' ? await hosts.all() : [];
    const wanted = all.filter(({ name }) => (host ?? name) === name);
    return { services: wanted.map((each) => toService(each, request.microversion)) };
  });
  api.put('/os-services/:id', { schema: { params: byId } }, async (request) => {
    expectAdmin(request, 'os-services:update');
    const { status, forced_down: down, disabled_reason: reason } = parseBody(serviceChange, request.body);
    const { id } = request.params;
    const found = (await hosts.all()).find(({ name }) => idOf(name) === id || String(numberOf(name)) === id);
    if (found === undefined) throw new NotFound(`Service ${id} could not be found.`);
    const actor = callerOf(request).userName;
    let host = found;
    if (status !== undefined) host = await reach.client.setMaintenance(host.name, status === 'disabled');
    if (down === true)
      host = await reach.client.fenceHost(host.name, { actor, ...(reason !== undefined && { reason }) });
    if (down === false && host.fenced) {
      throw new BadRequest(`${host.name} is fenced until a worker of it is back: nobody can say that it is up`);
    }
    return { service: toService(host, request.microversion) };
  });
}

const toService = (host: HostRecord, version: number) => ({
  id: shownId(host.name, version),
  binary: 'nova-compute',
  host: host.name,
  zone: 'nova',
  status: host.maintenance ? 'disabled' : 'enabled',
  state: statusOf(host) === 'DOWN' ? 'down' : 'up',
  updated_at: toMicroseconds(host.updatedAt),
  disabled_reason: host.maintenance ? 'in maintenance' : null,
  ...(version >= 11 && { forced_down: Boolean(host.fenced) }),
});

function addHypervisors(api: Api, { hosts }: NovaContext): void {
  const list = (show: typeof toReference | typeof toHypervisor) => async (request: FastifyRequest) => {
    expectAdmin(request, 'os-hypervisors:list');
    return { hypervisors: (await hosts.all()).map((host) => show(host, request.microversion)) };
  };
  api.get('/os-hypervisors', list(toReference));
  api.get('/os-hypervisors/detail', list(toHypervisor));
  api.get('/os-hypervisors/:id', { schema: { params: byId } }, async (request) => {
    expectAdmin(request, 'os-hypervisors:show');
    const { id } = request.params;
    const host = (await hosts.all()).find(({ name }) => idOf(name) === id || String(numberOf(name)) === id);
    if (host === undefined) throw new NotFound(`Compute host ${id} could not be found.`);
    return { hypervisor: toHypervisor(host, request.microversion) };
  });
}

const toReference = (host: HostRecord, version: number) => ({
  id: shownId(host.name, version),
  hypervisor_hostname: host.name,
  state: statusOf(host) === 'DOWN' ? 'down' : 'up',
  status: host.maintenance ? 'disabled' : 'enabled',
});

const toHypervisor = (host: HostRecord, version: number) => ({
  ...toReference(host, version),
  // Where a host is reached is for nobody to know; clients want an address.
  host_ip: '0.0.0.0',
  hypervisor_type: 'instance-tasks',
  hypervisor_version: 1,
  service: {
    id: shownId(host.name, version),
    host: host.name,
    disabled_reason: host.maintenance ? 'in maintenance' : null,
  },
  ...(version >= 88 && { uptime: null }),
  ...(version < 88 && resourcesOf(host, version)),
});

/** Nova tells these up to 2.87 only. */
function resourcesOf({ capacity, free, claims }: HostRecord, version: number) {
  return {
    vcpus: capacity.vcpus,
    vcpus_used: capacity.vcpus - free.vcpus,
    memory_mb: capacity.memoryMb,
    memory_mb_used: capacity.memoryMb - free.memoryMb,
    free_ram_mb: free.memoryMb,
    local_gb: capacity.diskGb,
    local_gb_used: capacity.diskGb - free.diskGb,
    free_disk_gb: free.diskGb,
    disk_available_least: free.diskGb,
    running_vms: claims.length,
    current_workload: 0,
    cpu_info: version < 28 ? '{}' : {},
  };
}

function addZones(api: Api, { hosts }: NovaContext): void {
  api.get('/os-availability-zone', async () => {
    const available = (await hosts.all()).some(({ serving }) => serving);
    return { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available }, hosts: null }] };
  });
  api.get('/os-availability-zone/detail', async (request) => {
    expectAdmin(request, 'os-availability-zone:detail');
    const all = await hosts.all();
    const services = all.map((host): [string, object] => [
      host.name,
      {
        'nova-compute': {
          active: !host.maintenance,
          available: statusOf(host) !== 'DOWN',
          updated_at: toMicroseconds(host.updatedAt),
        },
      },
    ]);
    const available = all.some(({ serving }) => serving);
    return {
      availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available }, hosts: Object.fromEntries(services) }],
    };
  });
}
