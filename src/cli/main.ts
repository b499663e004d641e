#!/usr/bin/env node
/** The command line of Instance Tasks. */
import { CommanderError } from '@commander-js/extra-typings';
import { toFailure, type Failure } from './failure.ts';
import { createProgram } from './program.ts';
import { colorsFor } from '../dev/colors.ts';

const { stdout, stderr } = process;

function tell({ code, message, hints, details }: Failure, json: boolean): void {
  const colors = colorsFor(stderr);
  stderr.write(`${colors.red(message)}\n${hints.map((hint) => `${colors.dim(`  ${hint}`)}\n`).join('')}`);
  if (json) stdout.write(`${JSON.stringify({ error: { code, message, hints, ...details } })}\n`);
}

/** Whoever reads may have seen enough: `itask list | head -1`. */
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (!isHelp) {
    const failure = toFailure(error);
    tell(failure, program.opts().output === 'json');
    process.exitCode = failure.exitCode;
  }
}
// Connections that are given up may take their time to close; what was printed must have left before.
stdout.write('', () => stderr.write('', () => process.exit()));
