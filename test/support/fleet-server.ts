/** A Temporal development server of a fleet's own: as `temporal-dev.yml` says, on free ports, with a database of its own. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpCluster } from '../../src/dev/cluster.ts';
import { loadConfiguration, type Configuration } from '../../src/dev/configuration.ts';
import { dialAddress, listens, withConnection } from '../../src/dev/dial.ts';
import { startServerProcess } from '../../src/dev/server-process.ts';
import { provideTemporalCli, type TemporalCli } from '../../src/dev/temporal-cli.ts';
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
  const place = { ...(await freePorts()), database: join(folder, 'temporal.db'), logs: folder };
  return { ...configuration, server: { ...configuration.server, ...place } };
}

/** Two ports that nobody listens on: both are held until both are known, so that they differ. */
async function freePorts(): Promise<{ readonly port: number; readonly uiPort: number }> {
  const holders = [createServer(), createServer()];
  const [port = 0, uiPort = 0] = await Promise.all(holders.map(hold));
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')));
  return { port, uiPort };
}

async function hold(holder: Server): Promise<number> {
  await once(holder.listen(0, '127.0.0.1'), 'listening');
  const address = holder.address();
  if (address === null || typeof address === 'string') throw new Error('a server has no port');
  return address.port;
}
