/** A whole cloud on free ports, served by a process of its own: what `npm run trace-target` starts. */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const target = fileURLToPath(new URL('../nova-trace/target.ts', import.meta.url));

/** What the process prints once everything is there. */
export interface ServedCloud {
  /** Of Nova's API. */
  readonly endpoint: string;
  /** Of an admin. */
  readonly token: string;
  /** Of a member of another project. */
  readonly memberToken: string;
  /** The file by which OpenStack's clients know it, as `dev-admin` and `dev-member`. */
  readonly cloudsFile: string;
}

/** Starts it, and ends it once it has been used. Throws when it does not start. */
export async function withServedCloud<Result>(use: (cloud: ServedCloud) => Promise<Result>): Promise<Result> {
  const serving = execa(process.execPath, ['--import', 'tsx', target], {
    stderr: 'pipe',
    buffer: { stdout: false, stderr: true },
    reject: false,
  });
  try {
    const cloud = await firstWords(createInterface({ input: serving.stdout }));
    if (cloud === null) throw new Error(`nothing is served: ${(await serving).stderr}`);
    return await use(cloud);
  } finally {
    serving.kill('SIGTERM');
    await serving;
  }
}

async function firstWords(lines: AsyncIterable<string>): Promise<ServedCloud | null> {
  const found = new Map<string, string>();
  for await (const line of lines) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found.set(key, value);
    const [endpoint, token, memberToken, cloudsFile] = ['ENDPOINT', 'TOKEN', 'MEMBER', 'CLOUDS'].map((name) =>
      found.get(name),
    );
    if (endpoint !== undefined && token !== undefined && memberToken !== undefined && cloudsFile !== undefined) {
      return { endpoint, token, memberToken, cloudsFile };
    }
  }
  return null;
}
