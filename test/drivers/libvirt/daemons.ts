/** Two libvirt daemons on this machine, and images for their guests: got and started where they are missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cacheDirectory } from '../../../src/dev/cache.ts';

const script = (name: string) => fileURLToPath(new URL(`../../../scripts/libvirt/${name}`, import.meta.url));

export const hostNames = ['a', 'b'] as const;
export type HostName = (typeof hostNames)[number];

export interface Daemons {
  readonly folder: string;
  readonly uris: Readonly<Record<HostName, string>>;
  /** Kernel, initial file system, and disks of qcow2 by the names of images. */
  readonly images: string;
  /** How often a guest of that name was started from nothing, on any of the hosts: libvirt's own word for it. */
  readonly boots: (domain: string) => number;
  stop(): Promise<void>;
}

/** Names of images that tests use. */
const images = ['debian-13', 'cirros', 'rescue'];

/** Starts them. The folder is short: sockets are in it, whose paths are. */
export async function startDaemons(): Promise<Daemons> {
  const folder = await mkdtemp('/tmp/lv-');
  const built = join(cacheDirectory(process.env), 'guest-images');
  await execa(script('guest-image.sh'), ['--agent', built, ...images], { stderr: 'inherit' });
  const { stdout } = await execa(script('up.sh'), [folder, ...hostNames], { stderr: 'inherit' });
  const uris = new Map(stdout.split('\n').map((line) => line.split(' ', 2) as [string, string]));
  const uriOf = (name: HostName): string => {
    const uri = uris.get(name);
    if (uri === undefined) throw new Error(`up.sh has started no ${name}: ${stdout}`);
    return uri;
  };
  const started: string[] = [];
  const listeners = hostNames.map((name) => {
    const listening = execa('virsh', ['-c', uriOf(name), 'event', '--event', 'lifecycle', '--loop'], {
      env: { LC_ALL: 'C' },
      buffer: false,
      reject: false,
      stdin: 'ignore',
    });
    const lines = createInterface({ input: listening.stdout });
    lines.on('line', (line) => {
      const domain = /domain '?([^':]+)'?: Started Booted/.exec(line)?.[1];
      if (domain !== undefined) started.push(domain);
    });
    return listening;
  });
  return {
    boots: (domain) => started.filter((each) => each === domain).length,
    folder,
    uris: { a: uriOf('a'), b: uriOf('b') },
    images: built,
    async stop() {
      for (const listening of listeners) listening.kill();
      await Promise.all(listeners);
      await execa(script('up.sh'), ['--down', folder, ...hostNames], { reject: false });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
