/** `npm run model -- --runs N --seed S`: so many random lives, beginning with that seed. */
import { parseArgs } from 'node:util';
import { execa } from 'execa';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const { exitCode } = await execa('npm', ['run', '--silent', 'jest', '--', 'test/random'], {
  stdio: 'inherit',
  reject: false,
  env: {
    ...(values.runs !== undefined && { ITASK_RUNS: values.runs }),
    ...(values.seed !== undefined && { ITASK_SEED: values.seed }),
  },
});
process.exitCode = exitCode ?? 1;
