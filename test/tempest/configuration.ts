/** What Tempest is told of the cloud that it tests. */
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { readClouds } from '../nova-trace/further-people.ts';
import { imageId } from '../nova-trace/image-ids.ts';
import type { ServedCloud } from '../support/served-cloud.ts';

/** Sections with their options; see `tempest.config` for what each means. */
const optionsOf = (folder: string, authUrl: string) => ({
  DEFAULT: { log_dir: folder, log_file: 'tempest.log' },
  oslo_concurrency: { lock_path: join(folder, 'locks') },
  auth: { use_dynamic_credentials: false, test_accounts_file: join(folder, 'accounts.yaml') },
  identity: { uri_v3: authUrl, auth_version: 'v3', region: 'RegionOne' },
  service_available: { nova: true, glance: true, neutron: false, cinder: false, swift: false },
  compute: {
    image_ref: imageId('1'),
    image_ref_alt: imageId('2'),
    flavor_ref: '1',
    flavor_ref_alt: '2',
    min_microversion: '2.1',
    max_microversion: '2.96',
    min_compute_nodes: 2,
    build_interval: 1,
    build_timeout: 60,
    shelved_offload_time: 0,
  },
  'compute-feature-enabled': {
    resize: true,
    cold_migration: true,
    live_migration: true,
    block_migration_for_live_migration: true,
    pause: true,
    suspend: true,
    shelve: true,
    snapshot: true,
    rescue: true,
    console_output: true,
    change_password: true,
    interface_attach: false,
    vnc_console: false,
    personality: false,
    config_drive: false,
    metadata_service: false,
    disk_config: false,
    scheduler_enabled_filters: 'all',
  },
  validation: { run_validation: false },
});

/** Writes it, with the accounts of the cloud. Returns the file. */
export async function writeTempestConfiguration(folder: string, { cloudsFile }: ServedCloud): Promise<string> {
  const clouds = await readClouds(cloudsFile);
  const roles: Readonly<Record<string, string>> = { 'dev-admin': 'admin', 'dev-reader': 'reader' };
  const accounts = Object.entries(clouds).map(([name, { auth }]) => ({
    username: auth.username,
    password: auth.password,
    project_name: auth.project_name,
    user_domain_name: 'Default',
    project_domain_name: 'Default',
    roles: [roles[name] ?? 'member'],
  }));
  await writeFile(join(folder, 'accounts.yaml'), stringify(accounts), { mode: 0o600 });
  const [{ auth } = { auth: { auth_url: '' } }] = Object.values(clouds);
  const lines = Object.entries(optionsOf(folder, auth.auth_url)).flatMap(([section, options]) => [
    `[${section}]`,
    ...Object.entries(options).map(([key, value]) => `${key} = ${String(value)}`),
  ]);
  const file = join(folder, 'tempest.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
