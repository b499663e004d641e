/** A Temporal development server of a fleet's own: as `temporal-dev.yml` says, on free ports, with a database of its own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpCluster } from '../../src/dev/cluster.ts';
import { loadConfiguration, type Configuration } from '../../src/dev/configuration.ts';
import { dialAddress, listens, withConnection } from '../../src/dev/dial.ts';
import { startServerProcess } from '../../src/dev/server-process.ts';
import { provideTemporalCli, type TemporalCli } from '../../src/dev/temporal-cli.ts';
import { freePort } from './free-ports.ts';
import { FleetProcess } from './fleet-process.ts';

export interface FleetServer {
  readonly process: FleetProcess;
  readonly address: string;
  readonly namespace: string;
  readonly cli: TemporalCli;
}

/** Between the choice of a port and its use somebody else may take it. */
const attempts = 3;

/** Starts a server whose files are in this folder. */
export async function startFleetServer(folder: string): Promise<FleetServer> {
  const cli = await provideTemporalCli({ report: () => undefined, env: process.env });
  const declared = await loadConfiguration(fileURLToPath(new URL('../../temporal-dev.yml', import.meta.url)));
  for (let attempt = 1; ; attempt += 1) {
    const configuration = await relocated(declared, folder);
    const { server, namespace } = configuration;
    const started = serverProcess(configuration, cli);
    try {
      await started.start();
      return { process: started, address: dialAddress(server.ip, server.port), namespace: namespace.name, cli };
    } catch (error) {
      await started.dispose();
      if (attempt === attempts) throw error;
    }
  }
}

function serverProcess(configuration: Configuration, cli: TemporalCli): FleetProcess {
  const { ip, port } = configuration.server;
  return new FleetProcess('temporal', {
    launch: () => startServerProcess(configuration, cli),
    isReady: async () => {
      if (!(await listens(ip, port))) return false;
      await withConnection(dialAddress(ip, port), (connection) => setUpCluster(connection, configuration));
      return true;
    },
  });
}

async function relocated(configuration: Configuration, folder: string): Promise<Configuration> {
  const ports = { port: await freePort(), uiPort: await freePort() };
  const place = { ...ports, database: join(folder, 'temporal.db'), logs: folder };
  return { ...configuration, server: { ...configuration.server, ...place } };
}
