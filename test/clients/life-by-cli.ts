/** A whole life of a server by the `openstack` command line. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ed25519Key } from '../support/ssh-keys.ts';
import type { Observer } from './observer.ts';
import type { OpenStackCli, Row } from './openstack-cli.ts';

/** Does a step under its name, and says whether it went well. */
export type DoStep = (name: string, act: () => Promise<void>) => Promise<boolean>;

export interface CliLife {
  readonly admin: OpenStackCli;
  readonly member: OpenStackCli;
  readonly observer: Observer;
  readonly step: DoStep;
}

const active = { status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 };
const host = 'OS-EXT-SRV-ATTR:host';
const withId = z.looseObject({ id: z.string() });
const imageId = (digit: string) => `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}`;
const columnOf = (rows: readonly Row[], key: string) => rows.map((row) => row[key]);
const includes = (rows: readonly Row[], key: string, value: unknown) =>
  assert.ok(
    columnOf(rows, key).includes(value),
    `${String(value)} is not among ${JSON.stringify(columnOf(rows, key))}`,
  );

/** The id of the server; null where there has never been one. */
export async function liveByCli(life: CliLife): Promise<string | null> {
  await lookAround(life);
  const id = await beBorn(life);
  if (id === null) return null;
  await switchOnAndOff(life, id);
  await change(life, id);
  await move(life, id);
  await beLabelled(life, id);
  await beSeenByMember(life, id);
  await die(life, id);
  return id;
}

async function lookAround({ admin, step }: CliLife): Promise<void> {
  await step('token issue', async () => assert.ok((await admin.show('token', 'issue'))['project_id']));
  await step('catalog list', async () => includes(await admin.list('catalog', 'list'), 'Type', 'compute'));
  await step('flavor list', async () => includes(await admin.list('flavor', 'list'), 'Name', 'm1.tiny'));
  await step('flavor show', async () => assert.equal((await admin.show('flavor', 'show', 'm1.tiny'))['ram'], 512));
  await step('image list', async () => includes(await admin.list('image', 'list'), 'Name', 'tiny'));
  await step('network list', async () => includes(await admin.list('network', 'list'), 'Name', 'private'));
  await step('subnet list', async () => includes(await admin.list('subnet', 'list'), 'Name', 'private'));
  await step('project list', async () => includes(await admin.list('project', 'list'), 'Name', 'dev'));
  await step('availability zone list', async () =>
    includes(await admin.list('availability', 'zone', 'list'), 'Zone Name', 'nova'),
  );
  await step('compute service list', async () =>
    assert.deepEqual(columnOf(await admin.list('compute', 'service', 'list'), 'State'), ['up', 'up']),
  );
  await step('hypervisor list', async () =>
    includes(await admin.list('hypervisor', 'list'), 'Hypervisor Hostname', 'host-1'),
  );
  await step('limits show', async () =>
    assert.ok(
      (await admin.list('limits', 'show', '--absolute')).some(
        ({ Name, Value }) => Name === 'max_total_instances' && Value === 50,
      ),
    ),
  );
  await step('quota show', async () =>
    assert.ok(
      (await admin.list('quota', 'show')).some(({ Resource, Limit }) => Resource === 'instances' && Limit === 50),
    ),
  );
}

async function beBorn({ admin, observer, step }: CliLife): Promise<string | null> {
  const found: string[] = [];
  const words = ['server', 'create', 'cli', '--flavor', 'm1.tiny', '--image', 'tiny', '--network', 'private'];
  await step('keypair create --public-key, list, show', async () => {
    await withFile(ed25519Key.publicKey, (file) => admin.show('keypair', 'create', 'laptop', '--public-key', file));
    includes(await admin.list('keypair', 'list'), 'Fingerprint', ed25519Key.fingerprint);
    assert.equal((await admin.show('keypair', 'show', 'laptop'))['name'], 'laptop');
  });
  await step('create --key-name --user-data --config-drive --wait', async () => {
    const created = await withFile('#cloud-config\n{}\n', (file) =>
      admin.show(
        ...words,
        ...['--key-name', 'laptop', '--user-data', file, '--config-drive', 'True', '--property', 'made=here', '--wait'],
      ),
    );
    const { id } = withId.parse(created);
    found.push(id);
    assert.equal(created['status'], 'ACTIVE');
    const told = { key_name: 'laptop', config_drive: 'True' };
    await observer.did(id, 'create', { ...active, ...told, name: 'cli', metadata: { made: 'here' } });
  });
  const [own] = found;
  if (own === undefined) return null;
  await step('server list', async () => {
    const [listed] = await admin.list('server', 'list', '--name', '^cli$');
    assert.deepEqual(
      [listed?.['ID'], listed?.['Status'], listed?.['Image'], listed?.['Flavor']],
      [own, 'ACTIVE', 'tiny', 'm1.tiny'],
    );
  });
  await step('server show', async () => assert.equal((await admin.show('server', 'show', 'cli'))['id'], own));
  await step('console log show', async () =>
    assert.match(await admin.run('console', 'log', 'show', own), /Booting from/),
  );
  return own;
}

/** A file that says so, for as long as it is used. */
async function withFile<Result>(text: string, use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'life-by-cli-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, text);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function switchOnAndOff({ admin, observer, step }: CliLife, id: string): Promise<void> {
  const does = (name: string, words: readonly string[], action: string, expected: Row) =>
    step(name, async () => {
      await admin.run('server', ...words, id);
      await observer.did(id, action, expected);
    });
  await does('stop', ['stop'], 'stop', { status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4 });
  await does('start', ['start'], 'start', active);
  await does('reboot --soft --wait', ['reboot', '--soft', '--wait'], 'reboot', active);
  await does('reboot --hard --wait', ['reboot', '--hard', '--wait'], 'reboot', active);
  await does('pause', ['pause'], 'pause', { status: 'PAUSED', 'OS-EXT-STS:power_state': 3 });
  await does('unpause', ['unpause'], 'unpause', active);
  await does('suspend', ['suspend'], 'suspend', { status: 'SUSPENDED' });
  await does('resume', ['resume'], 'resume', active);
  await does('lock', ['lock', '--reason', 'kept'], 'lock', { ...active, locked: true, locked_reason: 'kept' });
  await does('unlock', ['unlock'], 'unlock', { ...active, locked: false, locked_reason: null });
}

async function change({ admin, observer, step }: CliLife, id: string): Promise<void> {
  const does = (words: readonly string[], action: string, expected: (server: Row) => void) =>
    step(words.join(' '), async () => {
      await admin.run('server', ...words, id);
      expected(await observer.did(id, action, {}));
    });
  const flavorIs = (status: string) => (server: Row) => {
    assert.equal(server['status'], status);
    assert.equal(z.looseObject({ original_name: z.string() }).parse(server['flavor']).original_name, 'm1.small');
  };
  const is = (status: string) => (server: Row) => assert.equal(server['status'], status);
  await does(['resize', '--flavor', 'm1.small', '--wait'], 'resize', flavorIs('VERIFY_RESIZE'));
  await does(['resize', 'confirm'], 'confirmResize', flavorIs('ACTIVE'));
  await does(['rebuild', '--image', 'tiny2', '--wait'], 'rebuild', (server) => {
    is('ACTIVE')(server);
    assert.ok(withId.parse(server['image']).id.startsWith(imageId('2')));
  });
  await does(['rescue'], 'rescue', is('RESCUE'));
  await does(['unrescue'], 'unrescue', is('ACTIVE'));
  await does(['shelve', '--wait'], 'shelve', (server) => {
    is('SHELVED_OFFLOADED')(server);
    assert.equal(server[host], null);
  });
  await does(['unshelve', '--wait'], 'unshelve', is('ACTIVE'));
}

async function move({ admin, observer, step }: CliLife, id: string): Promise<void> {
  const hostNow = async () => String((await observer.server(id))[host]);
  await step('image create --wait', async () => {
    await admin.run('server', 'image', 'create', '--name', 'snapshot', '--wait', id);
    await observer.did(id, 'createImage', active);
  });
  await step('image show', async () =>
    assert.equal((await admin.show('image', 'show', 'snapshot'))['status'], 'active'),
  );
  const places = [await hostNow()];
  await step('migrate --wait', async () => {
    await admin.run('server', 'migrate', '--wait', id);
    await observer.did(id, 'migrate', { status: 'VERIFY_RESIZE' });
  });
  await step('migration confirm', async () => {
    await admin.run('server', 'migration', 'confirm', id);
    await observer.did(id, 'confirmResize', active);
    places.push(await hostNow());
    assert.notEqual(places[1], places[0]);
  });
  await step('migrate --live-migration --wait', async () => {
    await admin.run('server', 'migrate', '--live-migration', '--wait', id);
    await observer.did(id, 'live-migration', active);
    places.push(await hostNow());
    assert.notEqual(places[2], places[1]);
  });
  await step('server migration list', async () => {
    const migrations = await admin.list('server', 'migration', 'list', '--server', id);
    const seen = migrations.map((each) => [each['Type'], each['Status'], each['Source Compute'], each['Dest Compute']]);
    assert.deepEqual(seen.slice(0, 2), [
      ['live-migration', 'completed', places[1], places[2]],
      ['migration', 'completed', places[0], places[1]],
    ]);
    assert.equal(seen[2]?.[0], 'resize');
  });
}

async function beLabelled({ admin, observer, step }: CliLife, id: string): Promise<void> {
  await step('set --name --property --tag', async () => {
    await admin.run('server', 'set', '--name', 'renamed', '--property', 'more=words', '--tag', 'red', id);
    await observer.becomes(id, { name: 'renamed', metadata: { made: 'here', more: 'words' }, tags: ['red'] });
  });
  await step('server list --tags', async () =>
    assert.deepEqual(columnOf(await admin.list('server', 'list', '--tags', 'red'), 'Name'), ['renamed']),
  );
  await step('unset --property --tag', async () => {
    await admin.run('server', 'unset', '--property', 'more', '--tag', 'red', 'renamed');
    await observer.becomes(id, { metadata: { made: 'here' }, tags: [] });
  });
  await step('server event list, show', async () => {
    const events = await admin.list('server', 'event', 'list', id);
    const resize = events.find(({ Action }) => Action === 'resize');
    const found = await admin.show('server', 'event', 'show', id, String(resize?.['Request ID']));
    assert.equal(found['action'], 'resize');
    const results = z.array(z.looseObject({ result: z.string() })).parse(found['events']);
    assert.ok(results.length > 0 && results.every(({ result }) => result === 'Success'));
  });
}

/** Who is in another project. */
async function beSeenByMember({ member, step }: CliLife, id: string): Promise<void> {
  await step('as member: flavor list', async () => includes(await member.list('flavor', 'list'), 'Name', 'm1.tiny'));
  await step('as member: image list', async () => {
    const images = await member.list('image', 'list');
    includes(images, 'Name', 'tiny');
    assert.ok(!columnOf(images, 'Name').includes('snapshot'), 'the image of another project is listed');
  });
  await step('as member: server list', async () => assert.deepEqual(await member.list('server', 'list'), []));
  await step('as member: server show', async () =>
    assert.match(await member.refused('server', 'show', id), /No Server found/),
  );
  await step('as member: hypervisor list', async () =>
    assert.match(await member.refused('hypervisor', 'list'), /403|Policy|Forbidden/),
  );
}

async function die({ admin, observer, step }: CliLife, id: string): Promise<void> {
  await step('delete --wait', async () => {
    await admin.run('server', 'delete', '--wait', id);
    await observer.gone(id);
    assert.equal((await observer.actions(id)).at(-1), 'delete');
  });
  await step('keypair delete', async () => {
    await admin.run('keypair', 'delete', 'laptop');
    assert.deepEqual(await admin.list('keypair', 'list'), []);
  });
}
