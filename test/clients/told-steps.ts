/** A client's life in the client's own language: a program that tells each of its steps in a line of JSON. */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import type { ServedCloud } from '../support/served-cloud.ts';
import type { Report } from './report.ts';

const told = z.object({ step: z.string(), milliseconds: z.number(), problem: z.string().nullable() });

/** What a client finds in its environment: the clouds of the file, and nothing that the user has set for another. */
export function environmentOf({ cloudsFile }: ServedCloud): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('OS_'));
  return { ...Object.fromEntries(others), OS_CLIENT_CONFIG_FILE: cloudsFile };
}

/** Runs the program, and reports its steps as it goes; a program that ends with an error is a step that failed. */
export async function tellSteps(
  client: string,
  cloud: ServedCloud,
  [program, ...words]: readonly [string, ...string[]],
  report: Report,
): Promise<void> {
  await report.step(client, 'the whole life', async () => {
    const living = execa(program, words, {
      env: environmentOf(cloud),
      extendEnv: false,
      reject: false,
      timeout: 900_000,
      buffer: { stdout: false, stderr: true },
    });
    for await (const line of createInterface({ input: living.stdout })) {
      report.add({ client, ...told.parse(JSON.parse(line)) });
    }
    const { exitCode, stderr } = await living;
    if (exitCode !== 0) throw new Error(stderr || `it has ended with ${exitCode}`);
  });
}
