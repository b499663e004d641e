import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { execa } from 'execa';
import type { HostConfiguration } from '../../dev/hypervisors.ts';
import { fine, wrong, type Finding } from './finding.ts';

type LibvirtHost = Extract<HostConfiguration, { readonly driver: 'libvirt' }>;
type Options = LibvirtHost['driverOptions'];

/** Less than this is no room for a guest. */
const neededMegabytes = 1_000;
const answerMs = 10_000;

/** Whether the hosts with libvirt of a configuration can do their work, as far as that is seen from this machine. */
export async function* examineLibvirt(hosts: readonly HostConfiguration[]): AsyncGenerator<Finding> {
  for (const host of hosts) if (host.driver === 'libvirt') yield* examineHost(host);
}

async function* examineHost({ name, driverOptions: options }: LibvirtHost): AsyncGenerator<Finding> {
  const subject = `libvirt ${name}`;
  const daemon = await examineDaemon(subject, options);
  yield daemon;
  if (daemon.ok) yield await examineQemu(subject, options);
  yield* await Promise.all(
    [options.directory, options.images, options.volumes].map((folder) => examineFolder(subject, folder)),
  );
  if (options.network?.type === 'bridge') yield await examineBridge(subject, options.network.bridge);
}

const virsh = ({ virsh: program = 'virsh', uri }: Options, ...words: readonly string[]) =>
  execa(program, ['-q', '-c', uri, ...words], {
    env: { LC_ALL: 'C' },
    stdin: 'ignore',
    reject: false,
    timeout: answerMs,
  });

async function examineDaemon(subject: string, options: Options): Promise<Finding> {
  const { exitCode, stdout, stderr, code, timedOut } = await virsh(options, 'version');
  if (code === 'ENOENT') return wrong(subject, 'there is no virsh', 'apt-get install libvirt-clients');
  if (timedOut) return wrong(subject, `the daemon at ${options.uri} hangs`, 'look at its log, and start it anew');
  if (exitCode === 0)
    return fine(subject, `${/Running hypervisor: (.*)/.exec(stdout)?.[1] ?? 'answers'} at ${options.uri}`);
  const fix = /[Pp]ermission denied/.test(stderr)
    ? 'add the user of the workers to the group libvirt'
    : 'start libvirtd, or npm start -- --driver libvirt for daemons of its own';
  return wrong(subject, stderr.trim().replaceAll(/\s*\n\s*/g, '; '), fix);
}

async function examineQemu(subject: string, options: Options): Promise<Finding> {
  const { virtualisation = 'kvm' } = options;
  const { exitCode, stdout, stderr } = await virsh(options, 'domcapabilities', '--virttype', virtualisation);
  if (exitCode === 0) return fine(subject, `${/<path>(.*)<\/path>/.exec(stdout)?.[1] ?? 'QEMU'} as ${virtualisation}`);
  const fix =
    virtualisation === 'kvm'
      ? 'load the kernel module kvm, or set libvirt.virtualisation to qemu'
      : 'apt-get install qemu-system-x86';
  return wrong(subject, `QEMU is not there as ${virtualisation}: ${stderr.trim()}`, fix);
}

async function examineFolder(subject: string, folder: string): Promise<Finding> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong(subject, reason, `mkdir -p ${folder}, owned by the user of the workers and readable by QEMU`);
  }
  const { bavail, bsize } = await statfs(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  return megabytes < neededMegabytes
    ? wrong(subject, `only ${megabytes} MB are free in ${folder}`, 'make room there, or name another folder')
    : fine(subject, `${folder}: ${megabytes} MB free`);
}

async function examineBridge(subject: string, bridge: string): Promise<Finding> {
  const isThere = await access(`/sys/class/net/${bridge}/bridge`).then(
    () => true,
    () => false,
  );
  if (isThere) return fine(subject, `bridge ${bridge}`);
  return wrong(
    subject,
    `there is no bridge ${bridge}`,
    `ip link add ${bridge} type bridge && ip link set ${bridge} up`,
  );
}
