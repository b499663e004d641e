import type { Configuration } from '../../dev/configuration.ts';
import { SetUpError } from '../../dev/set-up-error.ts';
import { provideTemporalCli } from '../../dev/temporal-cli.ts';
import { temporalRelease } from '../../dev/temporal-release.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { examineCluster, examineTemporal } from './cluster.ts';
import { fine, wrong, type Finding } from './finding.ts';
import { examineLibvirt } from './libvirt.ts';
import { examineHosts, examineWorkers } from './fleet.ts';
import { examineInstances } from './instances.ts';

/** Of the oldest Node.js that this program runs on. */
const oldestNode = [20, 3] as const;

/** Looks at one thing after another, from what everything rests on upwards. Ends early where Temporal does not answer. */
export async function* examine(session: Session): AsyncGenerator<Finding> {
  yield examineNode();
  const configuration = await session.configuration().catch((error: unknown) => asWrong(error));
  if (configuration !== null && 'ok' in configuration) {
    yield configuration;
    return;
  }
  yield configuration === null
    ? fine('configuration', 'none: the usual flavors, any image, hosts as they registered')
    : fine('configuration', `${configuration.file}: ${hostNames(configuration)}`);
  if (configuration !== null) yield* examineLibvirt(configuration.hosts);
  yield await examineTemporalCli();
  const temporal = await examineTemporal(session);
  yield temporal;
  if (!temporal.ok) return;
  yield* beyondTemporal(session, configuration);
}

async function* beyondTemporal(session: Session, configuration: Configuration | null): AsyncGenerator<Finding> {
  yield* await examineCluster(session, configuration);
  const workers = await examineWorkers(session);
  yield workers;
  // Without a control worker no workflow answers any question.
  if (!workers.ok) return;
  yield* await examineHosts(session, configuration);
  yield* await examineInstances(session);
}

function examineNode(): Finding {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNewEnough
    ? fine('Node.js', node)
    : wrong('Node.js', `${node} is too old`, `install Node.js ${oldestMajor}.${oldestMinor} or newer`);
}

function asWrong(error: unknown): Finding {
  if (!(error instanceof UsageError)) throw error;
  return wrong('configuration', error.message, 'correct the file, or name another one with --config FILE');
}

const hostNames = ({ hosts }: Configuration): string => hosts.map(({ name }) => name).join(', ');

async function examineTemporalCli(): Promise<Finding> {
  const name = 'Temporal CLI';
  try {
    const cli = await provideTemporalCli({ env: process.env, report: () => undefined }, []);
    return fine(name, `${cli.version}, by ${cli.origin}: ${cli.path}`);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    return fine(name, `not here; itask dev up downloads version ${temporalRelease.version} when it needs it`);
  }
}
