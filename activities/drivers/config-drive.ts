/**
 * What is on a config drive: OpenStack's, of which cloud-init and others read the newest version. Its label is `config-2`.
 * The same definition has the same drive, so that it can be told whether it is there.
 */
import { z } from 'zod';
import type { InjectedFile } from '../../src/model/config-drive.ts';
import type { GuestDefinition } from '../../src/operations/units/index.ts';
import type { Opened } from './driver.ts';

export const configDriveLabel = 'config-2';

/** A file of the drive. */
export interface DriveFile {
  /** Within the drive. */
  readonly path: string;
  readonly content: Buffer;
}

const filesSchema = z.array(z.strictObject({ path: z.string(), contents: z.string() })) satisfies z.ZodType<
  readonly InjectedFile[]
>;

/** What a guest of this definition is told, without what is secret of it; null where it has no drive. */
export function publicMetadata({ name, configDrive }: Pick<GuestDefinition, 'name' | 'configDrive'>, uuid: string) {
  if (configDrive === undefined) return null;
  const { hostname, projectId, metadata, key } = configDrive;
  return {
    uuid,
    name,
    hostname,
    project_id: projectId,
    launch_index: 0,
    availability_zone: 'nova',
    devices: [],
    ...(Object.keys(metadata).length > 0 && { meta: metadata }),
    ...(key && {
      public_keys: { [key.name]: key.publicKey },
      keys: [{ name: key.name, type: key.type, data: key.publicKey }],
    }),
  };
}

/** The files of its drive; none where it has no drive. */
export function configDriveFiles(definition: Opened<GuestDefinition>, uuid: string): readonly DriveFile[] {
  const metadata = publicMetadata(definition, uuid);
  if (metadata === null) return [];
  const { userData, adminPassword } = definition;
  const injected = filesSchema.parse(JSON.parse(definition.files ?? '[]'));
  const files = injected.map(({ path, contents }, index) => ({
    path,
    content_path: `/content/${String(index).padStart(4, '0')}`,
    content: Buffer.from(contents, 'base64'),
  }));
  const all = {
    ...metadata,
    ...(files.length > 0 && { files: files.map(({ path, content_path }) => ({ path, content_path })) }),
    ...(adminPassword !== undefined && { admin_pass: adminPassword }),
  };
  return [
    { path: 'openstack/latest/meta_data.json', content: json(all) },
    { path: 'openstack/latest/vendor_data.json', content: json({}) },
    ...(userData === undefined
      ? []
      : [{ path: 'openstack/latest/user_data', content: Buffer.from(userData, 'base64') }]),
    ...files.map(({ content_path: path, content }) => ({ path: `openstack${path}`, content })),
  ];
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
