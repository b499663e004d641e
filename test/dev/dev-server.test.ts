import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { inspectCluster, setUpCluster } from '../../src/dev/cluster.ts';
import { devDown, devStatus, devUp } from '../../src/dev/dev-server.ts';
import { withConnection } from '../../src/dev/dial.ts';
import { recordProcess, runningProcess } from '../../src/dev/process-record.ts';
import { recordFile } from '../../src/dev/temporal-server.ts';
import { searchAttributes } from '../../src/model/search-attributes.ts';
import { temporaryClone, type TemporaryClone } from './temporary-clone.ts';

const { TEMPORAL_ADDRESS: _address, ...env } = process.env;
let clone: TemporaryClone;
let reported: string[];

beforeEach(async () => {
  clone = await temporaryClone();
  reported = [];
});
afterEach(async () => {
  await devDown(clone.configuration, { report });
  await clone.remove();
});

const report = (line: string) => void reported.push(line);
const up = () => devUp(clone.configuration, { report, env });

describe('the development server', () => {
  test('comes up with namespace, retention and search attributes, says how it is, and goes down', async () => {
    const status = await up();
    expect(status).toMatchObject({
      state: 'running',
      namespace: 'default',
      retentionDays: 7,
      missingSearchAttributes: [],
      wrongSearchAttributes: [],
      startedBy: 'itask dev up',
    });
    expect((await fetch(status.uiUrl)).status).toBe(200);

    expect(await devDown(clone.configuration, { report })).toBe(true);
    expect(await devStatus(clone.configuration)).toMatchObject({ state: 'stopped', pid: null, retentionDays: null });
    expect(await devDown(clone.configuration, { report })).toBe(false);
  });

  test('is started once only', async () => {
    const { pid } = await up();
    expect((await up()).pid).toBe(pid);
    expect(reported).toContain(`The Temporal server runs already, as process ${pid}`);
  });

  test('is started once also by two at the same time', async () => {
    const outcomes = await Promise.allSettled([up(), up()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await devStatus(clone.configuration)).state).toBe('running');
  });

  test('gets what is missing when it is brought up again, and nothing when all is right', async () => {
    const { address } = await up();
    const { configuration } = clone;
    await withConnection(address, async (connection) => {
      const request = { namespace: 'default', searchAttributes: ['Actor', 'Host'] };
      await connection.operatorService.removeSearchAttributes(request);
      expect((await inspectCluster(connection, configuration)).missingSearchAttributes).toEqual(['Host', 'Actor']);
    });
    reported = [];
    expect((await up()).missingSearchAttributes).toEqual([]);
    expect(reported).toContain('Search attributes added to namespace default: Host, Actor');
    reported = [];
    await up();
    expect(reported).toHaveLength(1);
  });

  test('with a search attribute of another type is refused with the names of both types', async () => {
    const { address } = await up();
    const number = encodeSearchAttributeIndexedValueType('BOOL');
    await withConnection(address, async (connection) => {
      await connection.operatorService.removeSearchAttributes({ namespace: 'default', searchAttributes: ['VmState'] });
      const request = { namespace: 'default', searchAttributes: { VmState: number! } };
      await connection.operatorService.addSearchAttributes(request);
    });
    await expect(up()).rejects.toThrow(/VmState is of type Bool, but must be Keyword.*cannot be changed/);
    const { wrongSearchAttributes } = await devStatus(clone.configuration);
    expect(wrongSearchAttributes).toEqual(['VmState is of type Bool, but must be Keyword']);
  });

  test('gets a namespace of another name made, as a production cluster does, and keeps a longer retention', async () => {
    const { address } = await up();
    await withConnection(address, async (connection) => {
      const wanted = { namespace: { name: 'production', retentionDays: 30 }, searchAttributes };
      expect((await inspectCluster(connection, wanted)).retentionDays).toBeNull();
      await setUpCluster(connection, wanted, report);
      await setUpCluster(connection, { ...wanted, namespace: { name: 'production', retentionDays: 3 } }, report);
      expect(await inspectCluster(connection, wanted)).toEqual({
        retentionDays: 30,
        missingSearchAttributes: [],
        wrongSearchAttributes: [],
      });
    });
    expect(reported.filter((line) => line.includes('production'))).toHaveLength(2);
  });

  test('is not taken for another process that was given its number', async () => {
    const record = recordFile(clone.configuration, 'temporal');
    await recordProcess(record, process.pid, { address: 'nowhere' });
    await writeFile(record, (await readFile(record, 'utf8')).replace(/"identity": ".*"/, '"identity": "long ago"'));
    expect(await runningProcess(record)).toBeUndefined();
    expect((await devStatus(clone.configuration)).state).toBe('stopped');
    expect((await up()).state).toBe('running');
  });
});

describe('what is in the way of the development server', () => {
  test('is a port of another program: it is named with the key to change', async () => {
    const { server } = clone.configuration;
    const other = createServer().listen(server.uiPort, server.ip);
    try {
      await expect(up()).rejects.toThrow(
        `Port ${server.uiPort} of 127.0.0.1 is in use by another program. End it, or choose another port as ` +
          'server.ui_port in temporal-dev.yml.',
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    expect((await devStatus(clone.configuration)).state).toBe('stopped');
  });

  test('is the port of another Temporal server: how to use that one is said', async () => {
    const { address } = await up();
    const { port } = clone.configuration.server;
    const second = await temporaryClone((document) => document.setIn(['server', 'port'], port));
    try {
      await expect(devUp(second.configuration, { report, env })).rejects.toThrow(
        new RegExp(`Port ${port} .* by another Temporal server.*set TEMPORAL_ADDRESS=${address}`),
      );
      expect((await devStatus(second.configuration)).remark).toMatch(/not started from here answers at/);
    } finally {
      await second.remove();
    }
  });

  test('is a folder that cannot be written', async () => {
    await writeFile(join(clone.folder, '.dev'), 'a file where the folder should be');
    await expect(up()).rejects.toThrow(/The folder .*\.dev cannot be written/);
  });

  test('is a database that is none: the words of the server are shown', async () => {
    const { database } = clone.configuration.server;
    await mkdir(dirname(database), { recursive: true });
    await writeFile(database, 'Dear diary, '.repeat(1_000));
    await expect(up()).rejects.toThrow(
      /ended with exit code 1 while it was started as temporal-dev\.yml says\. The end of its log, .*not a database/s,
    );
    expect((await devStatus(clone.configuration)).state).toBe('stopped');
  });

  test('is TEMPORAL_ADDRESS: commands would go on using what it names', async () => {
    const attempt = devUp(clone.configuration, { report, env: { ...env, TEMPORAL_ADDRESS: 'elsewhere:7233' } });
    await expect(attempt).rejects.toThrow(/TEMPORAL_ADDRESS is set to elsewhere:7233/);
  });
});
