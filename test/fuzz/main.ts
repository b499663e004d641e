/**
 * `npm run test:fuzz [-- --examples N --seed S]`: requests that schemathesis makes up from our own OpenAPI document, good
 * and bad ones. No answer is a 5xx or outside the schema, and none is missing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from 'commander';
import { execa } from 'execa';
import { providePython } from '../support/provided-programs.ts';
import { withServedCloud, type ServedCloud } from '../support/served-cloud.ts';
import { configurationFor, makeScene } from './scene.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
/** Those that say something of any API; the others guess at conventions that ours need not keep. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
];

const { examples, seed } = program
  .name('npm run test:fuzz --')
  .option('--examples <n>', 'requests of each kind and operation', '60')
  .option('--seed <n>', 'the same seed makes the same requests', String(Math.floor(Math.random() * 1e9)))
  .parse()
  .opts<{ examples: string; seed: string }>();

async function fuzz(programs: string, cloud: ServedCloud): Promise<number> {
  const words = [
    ['--header', `X-Auth-Token: ${cloud.token}`],
    ['--checks', checks.join()],
    ['--max-examples', examples],
    ['--seed', seed],
    // Nothing that is asked may take longer; streams of events are no answers that end.
    ['--request-timeout', '30'],
    ['--exclude-path-regex', '/events$'],
    ['--continue-on-failure', '--generation-database', 'none', '--no-color'],
  ];
  // It keeps what it finds beside its configuration.
  const folder = await mkdtemp(join(tmpdir(), 'instance-tasks-fuzz-'));
  try {
    await writeFile(join(folder, 'schemathesis.toml'), configurationFor(await makeScene(cloud)));
    const document = new URL('/openapi.json', cloud.endpoint).href;
    const { exitCode } = await execa(join(programs, 'schemathesis'), ['run', document, ...words.flat()], {
      cwd: folder,
      stdio: 'inherit',
      reject: false,
    });
    return exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const programs = await providePython(requirements, (line) => void process.stdout.write(`${line}\n`));
process.exitCode = await withServedCloud((cloud) => fuzz(programs, cloud));
