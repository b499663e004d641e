import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { startProcess, type StartedProcess } from '../../src/dev/server-process.ts';
import { environmentFor, saysReady } from '../../src/dev/worker-command.ts';
import { eventually } from '../support/eventually.ts';
import { startFleetServer, type FleetServer } from '../support/fleet-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of somebody who uses the SDK: it is compiled by their compiler, and run. */
const consumer = `
import { InstanceTasks, NotAllowedInStateError, type Task, type TaskStatus } from 'instance-tasks';

const tasks = await InstanceTasks.connect();
const made: Task = await tasks.create({ name: 'of-the-sdk', flavor: 'm1.tiny', image: 'cirros' });
const ended: Task = await tasks.waitFor(made);
const status: TaskStatus = ended.status;
let refusal = '';
try {
  await tasks.submit('start', made.instanceId, {});
} catch (error) {
  if (error instanceof NotAllowedInStateError) refusal = error.allowedFrom.join();
}
// @ts-expect-error: the input is typed by the operation.
const wrong = () => tasks.submit('reboot', made.instanceId, { type: 'WARM' });
console.log(JSON.stringify({ status, refusal, wrong: typeof wrong }));
await tasks.close();
`;

/** A strict project's. The SDK of Temporal does not pass its own declarations through all of it. */
const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  types: [],
};

describe('the package, as it is published and installed in an empty project', () => {
  let folder: string;
  let server: FleetServer;
  let env: NodeJS.ProcessEnv;
  let worker: StartedProcess;
  let log: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'package-'));
    const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
    const answer: unknown = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[')));
    const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(answer);
    await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
    const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
    await execa('npm', ['install', ...flags, join(folder, filename)], { cwd: folder });
    server = await startFleetServer(folder);
    const { address, namespace } = server;
    env = {
      ...environmentFor({ address, namespace, own: true }, process.env),
      ITASK_CONFIG: join(folder, 'node_modules/instance-tasks/temporal-dev.yml'),
    };
    log = join(folder, 'worker.log');
    const program = join(folder, 'node_modules/.bin/itask');
    const words = ['worker', '--control', '--host', 'host-1'];
    worker = await startProcess({ program, arguments: words, folder, env }, log);
    await eventually('the worker of the package is ready', async () => (await lines(log)).some(saysReady));
  }, 300_000);

  afterAll(async () => {
    worker.send('SIGTERM');
    await worker.exited;
    await server.process.dispose();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('runs its workers with the bundle that was built, and makes none', async () => {
    expect((await lines(log)).join('\n')).not.toContain('Workflow bundle created');
  });

  test('has a command line that makes an instance', async () => {
    const words = ['create', 'of-the-cli', '--flavor', 'm1.tiny', '--image', 'cirros', '-o', 'json'];
    const { stdout } = await execa(join(folder, 'node_modules/.bin/itask'), words, {
      cwd: folder,
      env,
      extendEnv: false,
    });
    expect(JSON.parse(stdout)).toMatchObject({ action: 'create', state: 'COMPLETED', fault: null });
  }, 60_000);

  test('has an SDK whose types compile and whose code works', async () => {
    await writeFile(join(folder, 'consumer.ts'), consumer);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    await execa(process.execPath, [compiler, '--project', folder]);
    const { stdout } = await execa(process.execPath, ['consumer.js'], { cwd: folder, env, extendEnv: false });
    expect(JSON.parse(stdout)).toEqual({ status: 'COMPLETED', refusal: 'stopped', wrong: 'function' });
  }, 120_000);
});

const lines = async (path: string): Promise<string[]> => (await readFile(path, 'utf8').catch(() => '')).split('\n');
