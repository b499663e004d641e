import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { freePort } from '../support/free-ports.ts';
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
  document.setIn(['server', 'port'], await freePort());
  document.setIn(['server', 'ui_port'], await freePort());
  document.setIn(['api', 'port'], await freePort());
  change(document);
  await writeFile(file, String(document));
  const configuration = await loadConfiguration(file);
  return { folder, file, configuration, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
