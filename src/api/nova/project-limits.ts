/** `/limits` and `/os-quota-sets`: what a project may have. */
import { z } from 'zod';
import type { Api } from '../application.ts';
import { callerOf } from '../authenticate.ts';
import { mostKeyPairs } from '../../model/key-pair.ts';
import { longestPath, mostBytesOfAFile, mostFiles } from '../../operations/guest-config.schema.ts';
import { mostMetadata } from '../../operations/labels.ts';
import { sees } from '../policy.ts';
import type { Quotas } from '../quotas.ts';
import { isAdmin } from '../../authentication/caller.ts';
import { forbiddenByPolicy } from './policy-words.ts';

const query = z.object({ tenant_id: z.string().optional() });
const byProject = z.object({ project: z.string() });

/** What is the same for everybody. */
const fixed = {
  metadata_items: mostMetadata,
  key_pairs: mostKeyPairs,
  server_groups: 0,
  server_group_members: 0,
} as const;

/** Adds their routes. */
export function addLimits(api: Api, quotas: Quotas): void {
  const { instances, vcpus, memoryMb } = quotas.limits;
  api.get('/limits', { schema: { querystring: query } }, async (request) => {
    const caller = callerOf(request);
    const { tenant_id: other } = request.query;
    if (other !== undefined && !isAdmin(caller)) throw forbiddenByPolicy('limits:other_project');
    const used = await quotas.usage(other ?? caller.projectId);
    const { microversion: version } = request;
    return {
      limits: {
        rate: [],
        absolute: {
          maxTotalInstances: instances,
          maxTotalCores: vcpus,
          maxTotalRAMSize: memoryMb,
          maxTotalKeypairs: fixed.key_pairs,
          maxServerMeta: fixed.metadata_items,
          maxServerGroups: fixed.server_groups,
          maxServerGroupMembers: fixed.server_group_members,
          totalInstancesUsed: used.instances,
          totalCoresUsed: used.vcpus,
          totalRAMUsed: used.memoryMb,
          totalServerGroupsUsed: 0,
          ...(version < 57 && { maxPersonality: mostFiles, maxPersonalitySize: mostBytesOfAFile }),
          ...(version < 39 && { maxImageMeta: fixed.metadata_items }),
          ...(version < 36 && networkLimits),
        },
      },
    };
  });
  for (const path of ['/os-quota-sets/:project', '/os-quota-sets/:project/defaults']) {
    api.get(path, { schema: { params: byProject } }, async (request) => {
      const { project: id } = request.params;
      if (!sees(callerOf(request), id)) throw forbiddenByPolicy('os-quota-sets:show');
      const { microversion: version } = request;
      const others = { ...(version < 57 && fileQuotas), ...(version < 36 && networkQuotas) };
      return { quota_set: { id, instances, cores: vcpus, ram: memoryMb, ...fixed, ...others } };
    });
  }
}

const fileQuotas = {
  injected_files: mostFiles,
  injected_file_content_bytes: mostBytesOfAFile,
  injected_file_path_bytes: longestPath,
} as const;
const networkQuotas = { floating_ips: -1, fixed_ips: -1, security_groups: -1, security_group_rules: -1 } as const;

const networkLimits = {
  maxSecurityGroups: -1,
  maxSecurityGroupRules: -1,
  maxTotalFloatingIps: -1,
  totalSecurityGroupsUsed: 0,
  totalFloatingIpsUsed: 0,
} as const;
