import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { loadConfiguration, type Configuration } from '../../src/dev/configuration.ts';

/** A folder with a configuration of its own, as a clone of the project has one. */
export interface TemporaryClone {
  readonly folder: string;
  readonly file: string;
  readonly configuration: Configuration;
  readonly remove: () => Promise<void>;
}

/** Makes a clone that uses free ports and is the project's own `temporal-dev.yml` in all else, but for `change`. */
export async function temporaryClone(change: (document: Document) => void = () => undefined): Promise<TemporaryClone> {
  const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-'));
  const file = join(folder, 'temporal-dev.yml');
  const document = parseDocument(await readFile('temporal-dev.yml', 'utf8'));
  const [port, uiPort, apiPort] = await freePorts();
  document.setIn(['server', 'port'], port);
  document.setIn(['server', 'ui_port'], uiPort);
  document.setIn(['api', 'port'], apiPort);
  change(document);
  await writeFile(file, String(document));
  const configuration = await loadConfiguration(file);
  return { folder, file, configuration, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Three different ports that nobody listens on. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  const listen = (server: (typeof servers)[number]) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const ports: [number, number, number] = [
    await listen(servers[0]),
    await listen(servers[1]),
    await listen(servers[2]),
  ];
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
