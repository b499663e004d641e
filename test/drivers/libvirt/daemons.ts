/** Two libvirt daemons on this machine, and images for their guests: got and started where they are missing. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cacheDirectory } from '../../../src/dev/cache.ts';
import { eventually } from '../../support/eventually.ts';

const script = (name: string) => fileURLToPath(new URL(`../../../scripts/libvirt/${name}`, import.meta.url));

export const hostNames = ['a', 'b'] as const;
export type HostName = (typeof hostNames)[number];
export const isHost = (name: string): name is HostName => hostNames.some((each) => each === name);

export interface Daemons {
  readonly folder: string;
  readonly uris: Readonly<Record<HostName, string>>;
  /** Kernel, initial file system, and disks of qcow2 by the names of images. */
  readonly images: string;
  /** How often a guest of that name was started from nothing, on any of the hosts: libvirt's own word for it. */
  readonly boots: (domain: string) => number;
  /** Its process. */
  pid(host: HostName): Promise<number>;
  /** kill -9; resolves when it is gone. Guests live on. */
  kill(host: HostName): Promise<void>;
  /** Starts what does not run. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Names of images that tests use. */
const images = ['debian-13', 'cirros', 'rescue'];

/** Mounts what the daemons are to see, below their folder; gives what undoes that. */
export type Preparation = (folder: string) => Promise<() => Promise<void>>;

/** Starts them. The folder is short: sockets are in it, whose paths are. */
export async function startDaemons(prepare?: Preparation): Promise<Daemons> {
  const folder = await mkdtemp('/tmp/lv-');
  const undo = await prepare?.(folder);
  const built = join(cacheDirectory(process.env), 'guest-images');
  await execa(script('guest-image.sh'), ['--agent', built, ...images], { stderr: 'inherit' });
  const up = () => execa(script('up.sh'), [folder, ...hostNames], { stderr: 'inherit' });
  const { stdout } = await up();
  const uris = new Map(stdout.split('\n').map((line) => line.split(' ', 2) as [string, string]));
  const uriOf = (name: HostName): string => {
    const uri = uris.get(name);
    if (uri === undefined) throw new Error(`up.sh has started no ${name}: ${stdout}`);
    return uri;
  };
  const started: string[] = [];
  const listeners = hostNames.map((name) =>
    listen(uriOf(name), (line) => {
      const domain = /domain '?([^':]+)'?: Started Booted/.exec(line)?.[1];
      if (domain !== undefined) started.push(domain);
    }),
  );
  const pid = async (host: HostName) => Number(await readFile(join(folder, host, 'run/libvirt/libvirtd.pid'), 'utf8'));
  return {
    pid,
    async kill(host) {
      const killed = await pid(host);
      process.kill(killed, 'SIGKILL');
      await eventually(`${host} is gone`, async () => !existsSync(`/proc/${killed}`));
    },
    async start() {
      await up();
    },
    boots: (domain) => started.filter((each) => each === domain).length,
    folder,
    uris: { a: uriOf('a'), b: uriOf('b') },
    images: built,
    async stop() {
      for (const listening of listeners) listening.kill();
      await Promise.all(listeners);
      await execa(script('up.sh'), ['--down', folder, ...hostNames], { reject: false });
      await undo?.();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What the daemon tells of its guests, a line for each event, until it ends. */
function listen(uri: string, hear: (line: string) => void) {
  const listening = execa('virsh', ['-c', uri, 'event', '--event', 'lifecycle', '--loop'], {
    env: { LC_ALL: 'C' },
    buffer: false,
    reject: false,
    stdin: 'ignore',
  });
  createInterface({ input: listening.stdout }).on('line', hear);
  return listening;
}
