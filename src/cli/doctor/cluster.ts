import { Connection } from '@temporalio/client';
import { UnreachableError } from '../../client/errors.ts';
import { connectionSettings } from '../../client/connect.ts';
import { inspectCluster } from '../../dev/cluster.ts';
import type { Configuration } from '../../dev/configuration.ts';
import { attributeTypeWords } from '../../dev/configuration.schema.ts';
import { temporalRelease } from '../../dev/temporal-release.ts';
import { searchAttributes, type SearchAttributeName } from '../../model/search-attributes.ts';
import type { Session } from '../session.ts';
import { fine, silent, wrong, type Finding } from './finding.ts';

/** Whether the server answers, and is new enough. */
export async function examineTemporal(session: Session): Promise<Finding> {
  const name = 'Temporal';
  const { connection: settings } = connectionSettings(await session.connectOptions());
  try {
    const { workflowService } = await session.temporal();
    const { serverVersion } = await workflowService.getSystemInfo({});
    const { minimumServerVersion } = temporalRelease;
    const isOld = serverVersion.localeCompare(minimumServerVersion, 'en', { numeric: true }) < 0;
    return isOld
      ? wrong(name, `${settings.address} runs server ${serverVersion}`, `needed is ${minimumServerVersion} or newer`)
      : fine(name, `server ${serverVersion} at ${settings.address}`);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return silent(name, error.message, 'itask dev up starts one here; TEMPORAL_ADDRESS or --address names another');
  }
}

/** Whether the namespace and its search attributes are as they must be. */
export async function examineCluster(session: Session, configuration: Configuration | null): Promise<Finding[]> {
  const { connection, options } = await session.temporal();
  if (!(connection instanceof Connection)) return [];
  const { namespace: name } = options;
  const namespace = { name, retentionDays: configuration?.namespace.retentionDays ?? 1 };
  const state = await inspectCluster(connection, { namespace, searchAttributes });
  if (state.retentionDays === null) {
    return [wrong('namespace', `there is no ${name}`, `temporal operator namespace create --namespace ${name}`)];
  }
  const { missingSearchAttributes: missing, wrongSearchAttributes: mistyped } = state;
  return [
    fine('namespace', `${name}: ended tasks are kept for ${state.retentionDays} days`),
    ...(missing.length > 0 ? [missingAttributes(name, missing)] : []),
    ...mistyped.map((sentence) =>
      wrong('search attributes', sentence, 'use another namespace: a type cannot be changed'),
    ),
    ...(missing.length + mistyped.length === 0 ? [fine('search attributes', 'all registered')] : []),
  ];
}

function missingAttributes(namespace: string, missing: readonly SearchAttributeName[]): Finding {
  const flags = missing.map((name) => `--name ${name} --type ${attributeTypeWords[searchAttributes[name]]}`);
  const command = `temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
  return wrong('search attributes', `missing: ${missing.join(', ')}`, `itask dev up, or ${command}`);
}
