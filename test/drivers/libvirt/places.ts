/** Folders for the guests of two daemons, and what the driver is told of them. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { hostNames, type Daemons, type HostName } from './daemons.ts';

const gib = 1_073_741_824;

export interface Places {
  /** All are in it, but for those that were given. */
  readonly own: string;
  readonly store: string;
  readonly volumes: string;
  /** What the driver has had `virsh` do: its process and its words, a line each. */
  readonly calls: string;
  /** What the host has of an instance. */
  readonly folder: (host: HostName, instanceId: string) => string;
  readonly options: (host: HostName) => object;
  readonly virsh: (
    host: HostName,
    ...words: string[]
  ) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode?: number | undefined }>;
  readonly guests: (host: HostName) => Promise<string[]>;
  readonly makeVolume: (id: string, sizeGb: number) => Promise<void>;
  /** From now on volumes are copied at a mebibyte a second. */
  readonly slowCopies: () => Promise<void>;
  readonly removeImage: (id: string) => Promise<void>;
  /** Ends all guests, and removes what there is of them. */
  readonly dispose: () => Promise<void>;
}

/** Folders that are there already, below that of the daemons. */
export interface GivenFolders {
  readonly store?: string;
  /** What host b has of its instances. */
  readonly b?: string;
}

/** `virsh`, of which it is noted what it is asked for; copies of volumes go slowly from their beginning while that file is there. */
const notingVirsh = (calls: string, slow: string) => `#!/bin/sh
echo "$$ $*" >>'${calls}'
case " $* " in
*' blockcopy '*) [ ! -e '${slow}' ] || set -- "$@" --bandwidth 1 ;;
esac
exec virsh "$@"
`;

/** New folders where none are given, with the images that were built in the image store. */
export async function makePlaces({ folder, uris, images }: Daemons, given: GivenFolders = {}): Promise<Places> {
  const own = await mkdtemp(join(folder, 'f-'));
  const at = (name: string | undefined, otherwise: string) =>
    name === undefined ? join(own, otherwise) : join(folder, name);
  const [store, volumes, sockets] = [at(given.store, 'images'), join(own, 'volumes'), join(own, 's')];
  const directories = { a: join(own, 'a'), b: at(given.b, 'b') };
  const folders = [store, volumes, sockets, ...Object.values(directories)];
  await Promise.all(folders.map((each) => mkdir(each, { recursive: true })));
  for (const name of (await readdir(images)).filter((each) => each.endsWith('.qcow2'))) {
    await symlink(join(images, name), join(store, name));
  }
  const [noting, calls, slow] = [join(own, 'virsh'), join(own, 'calls'), join(own, 'slow')];
  await writeFile(noting, notingVirsh(calls, slow), { mode: 0o755 });
  const virsh: Places['virsh'] = (host, ...words) =>
    execa('virsh', ['-q', '-c', uris[host], ...words], { env: { LC_ALL: 'C' }, reject: false });
  const guests: Places['guests'] = async (host) =>
    (await virsh(host, 'list', '--all', '--name')).stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((name) => name !== '');
  return {
    own,
    store,
    volumes,
    calls,
    virsh,
    guests,
    slowCopies: () => writeFile(slow, ''),
    folder: (host, instanceId) => join(directories[host], instanceId),
    options: (host) => ({
      uri: uris[host],
      directory: directories[host],
      images: store,
      volumes,
      peers: Object.fromEntries(
        hostNames
          .filter((each) => each !== host)
          .map((each) => [each, { uri: uris[each], directory: directories[each], sockets }]),
      ),
      virtualisation: 'qemu',
      virsh: noting,
      directBoot: {
        kernel: join(images, 'vmlinuz'),
        initrd: join(images, 'initrd.img'),
        commandLine: 'console=ttyS0 root=/dev/vda quiet loglevel=3 mitigations=off nokaslr it.tick=1',
      },
    }),
    async makeVolume(id, sizeGb) {
      await execa('qemu-img', ['create', '-q', '-f', 'qcow2', join(volumes, `${id}.qcow2`), String(sizeGb * gib)]);
    },
    removeImage: (id) => rm(join(store, `${id}.qcow2`)),
    async dispose() {
      for (const host of hostNames) {
        for (const name of await guests(host)) {
          await virsh(host, 'destroy', name);
          await virsh(host, 'undefine', name, '--managed-save', '--nvram');
        }
      }
      await rm(own, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
