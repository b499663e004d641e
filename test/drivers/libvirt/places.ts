/** Folders for the guests of two daemons, and what the driver is told of them. */
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { hostNames, type Daemons, type HostName } from './daemons.ts';

const gib = 1_073_741_824;

export interface Places {
  /** All are in it, but for an image store that was given. */
  readonly own: string;
  readonly store: string;
  readonly volumes: string;
  /** What the host has of an instance. */
  readonly folder: (host: HostName, instanceId: string) => string;
  readonly options: (host: HostName) => object;
  readonly virsh: (
    host: HostName,
    ...words: string[]
  ) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode?: number | undefined }>;
  readonly guests: (host: HostName) => Promise<string[]>;
  makeVolume(id: string, sizeGb: number): Promise<void>;
  removeImage(id: string): Promise<void>;
  /** Ends all guests, and removes what there is of them. */
  dispose(): Promise<void>;
}

/** New folders, with the images that were built in the image store; a new one where none is given. */
export async function makePlaces({ folder, uris, images }: Daemons, givenStore?: string): Promise<Places> {
  const own = await mkdtemp(join(folder, 'f-'));
  const [store, volumes, sockets] = [givenStore ?? join(own, 'images'), join(own, 'volumes'), join(own, 's')];
  const folders = [store, volumes, sockets, ...hostNames.map((name) => join(own, name))];
  await Promise.all(folders.map((each) => mkdir(each, { recursive: true })));
  for (const name of (await readdir(images)).filter((each) => each.endsWith('.qcow2'))) {
    await symlink(join(images, name), join(store, name));
  }
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
    virsh,
    guests,
    folder: (host, instanceId) => join(own, host, instanceId),
    options: (host) => ({
      uri: uris[host],
      directory: join(own, host),
      images: store,
      volumes,
      peers: Object.fromEntries(
        hostNames
          .filter((each) => each !== host)
          .map((each) => [each, { uri: uris[each], directory: join(own, each), sockets }]),
      ),
      virtualisation: 'qemu',
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
