import { writeSync } from 'node:fs';

/** Ends a run of Jest with one plain line, `12 passed, 0 failed`, and fails a run in which no test was executed. */
export default class SummaryReporter {
  #executed = 0;

  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    // A file that could not be loaded has no tests to count, and must not look like a success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    this.#executed = passed + failed;
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    // On exit, so that nothing which is said while the run is torn down comes after it.
    process.once('exit', () => writeSync(process.stdout.fd, `${line}\n`));
  }

  getLastError() {
    return this.#executed === 0 ? new Error('no test was executed') : undefined;
  }
}
