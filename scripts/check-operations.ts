/** Fails with what is wrong when the declarations of the operations are no sound machine. */
import { findFlaws } from '../src/operations/check/index.ts';
import { flawText } from '../src/operations/check/flaw.ts';
import { operations } from '../src/operations/index.ts';
import { units } from '../src/operations/units/index.ts';

const flaws = findFlaws(operations, Object.values(units));
for (const flaw of flaws) console.error(`${flawText(flaw)}\n`);
if (flaws.length > 0) process.exitCode = 1;
