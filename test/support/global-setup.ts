import { provideTemporalCli } from '../../src/dev/temporal-cli.ts';

/** Gets the Temporal CLI before any test needs it: the first time it is a download, which no test should wait for. */
export default async function globalSetup(): Promise<void> {
  await provideTemporalCli({ report: (line) => void process.stderr.write(`${line}\n`), env: process.env });
}
