/** Starts and ends the libvirt daemons of a configuration, by the scripts for that in `scripts/libvirt`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readlink, rm, statfs, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ownSockets, shortFolder, type OwnDaemons } from './own-daemons.ts';
import { failedWith, SetUpError, type Report } from './set-up-error.ts';

/** Packages that may have to be installed, images, and the first guests. */
const neededMegabytes = 1_000;

const script = (name: string) => fileURLToPath(new URL(`../../scripts/libvirt/${name}`, import.meta.url));

interface Starting {
  /** Those that must be in the image store; what is missing of them is built. */
  readonly images: readonly string[];
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/**
 * Has the daemons run, installing libvirt and QEMU where they are missing, and makes the images. Guests that were put to
 * sleep at the end of the last start go on. Throws a {@link SetUpError} that says what to do.
 */
export async function startDaemons(daemons: OwnDaemons, options: Starting): Promise<void> {
  const { folder, hosts, directories, volumes } = daemons;
  const { report } = options;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetUpError(`Real machines need Linux on x86-64; this is ${process.platform} on ${process.arch}.`);
  }
  for (const each of [folder, volumes, ...directories]) await mkdir(each, { recursive: true });
  await requireRoom(folder);
  await makeShort(folder);
  await mkdir(ownSockets(folder), { recursive: true });
  report(`libvirt   daemons for ${hosts.join(', ')}, as this user; all they keep is in ${folder}`);
  await run('up.sh', [shortFolder(folder), ...hosts], options);
  await makeImages(daemons, options);
}

/** Saves the memory of all guests to disk and ends the daemons. */
export async function endDaemons({ folder, hosts }: OwnDaemons, { report }: { report: Report }): Promise<void> {
  if (!existsSync(shortFolder(folder))) return;
  await run('up.sh', ['--sleep', shortFolder(folder), ...hosts], { report });
  await rm(shortFolder(folder));
}

/** Ends guests and daemons at once, as when the plug is pulled. */
export function killDaemons({ folder, hosts }: OwnDaemons): void {
  spawnSync(script('up.sh'), ['--down', shortFolder(folder), ...hosts], { stdio: 'ignore', timeout: 20_000 });
}

/** The sockets are reached through a link in a folder that all may write: it has to be this user's, and lead there. */
async function makeShort(folder: string): Promise<void> {
  const short = shortFolder(folder);
  const isTaken = await symlink(folder, short).then(
    () => false,
    (error: unknown) => failedWith(error, 'EEXIST') || Promise.reject(error),
  );
  if (!isTaken) return;
  const [{ uid }, target] = await Promise.all([lstat(short), readlink(short).catch(() => null)]);
  if (uid !== process.getuid?.() || target !== folder) {
    throw new SetUpError(`${short} is in the way: it should be a link of yours to ${folder}. Remove it.`);
  }
}

async function makeImages({ images, kernel }: OwnDaemons, options: Starting): Promise<void> {
  const missing = options.images.filter((image) => !existsSync(join(images, `${image}.qcow2`)));
  if (missing.length === 0 && (kernel === null || existsSync(kernel))) return;
  options.report(`Images    ${missing.join(', ')}: built from packages of Debian, without any download of an image`);
  await run('guest-image.sh', ['--agent', images, ...missing], options);
}

async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  if (megabytes >= neededMegabytes) return;
  throw new SetUpError(
    `No disk space: only ${megabytes} MB are free for ${folder}, and ${neededMegabytes} MB are needed for guests.`,
  );
}

/** Passes on what the script says of its progress; its last words are the reason when it fails. */
async function run(
  name: string,
  words: readonly string[],
  { report, signal }: { readonly report: Report; readonly signal?: AbortSignal },
): Promise<void> {
  const running = execa(script(name), [...words], {
    stdin: 'ignore',
    reject: false,
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  const said: string[] = [];
  for await (const line of running.iterable({ from: 'stderr' })) {
    said.push(line.replace(/^[a-z-]+: /, ''));
    report(`          ${said.at(-1) ?? ''}`);
  }
  const { exitCode } = await running;
  signal?.throwIfAborted();
  if (exitCode === 0) return;
  throw new SetUpError(`scripts/libvirt/${name} has failed: ${said.at(-1) ?? 'it has not said why'}`);
}
