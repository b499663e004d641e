/** The native API: tasks are asked for, read, listed, told and watched over HTTP. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { idIn, type ApiClient } from './api-client.ts';
import { ServedForTest } from './api-process.ts';

let fleet: Fleet;
let api: ServedForTest;
let mia: ApiClient;
let rita: ApiClient;
let olga: ApiClient;
let anna: ApiClient;
beforeAll(async () => {
  fleet = await startFleet();
  api = await ServedForTest.start(fleet);
  [mia, rita, olga, anna] = [
    await api.as('mia'),
    await api.as('rita'),
    await api.as('olga', 'red'),
    await api.as('anna'),
  ];
});
afterEach(() => fleet.hypervisors.behave());
afterAll(async () => {
  await api.close();
  await fleet.dispose();
});

/** A server of the project blue that runs. */
async function server(): Promise<string> {
  return (await fleet.activeInstance({ host: 'host-1' }, { projectId: 'id-of-blue', userId: 'id-of-mia' })).id;
}
const wait = { prefer: 'wait=60' } as const;
const reboot = { action: 'HARD_REBOOT' } as const;

test('a task is asked for and answered with its link, and is there until it has ended', async () => {
  const id = await server();
  const asked = await mia.post(`/servers/${id}/tasks`, { ...reboot, reason: 'new kernel' });
  expect(asked.status).toBe(202);
  expect(asked.body).toMatchObject({
    action: 'HARD_REBOOT',
    operation: 'reboot',
    server_id: id,
    created_by: 'id-of-mia',
    actor: 'mia',
    reason: 'new kernel',
    request_id: asked.headers.get('x-openstack-request-id'),
    _links: { self: { href: asked.headers.get('location') }, 'rel/server': { href: `/servers/${id}` } },
  });
  const ended = await mia.get(asked.headers.get('location') ?? '', wait);
  expect(ended.headers.get('preference-applied')).toBe('wait=60');
  expect(ended.body).toMatchObject({ state: 'COMPLETED', progress: 1, fault: null, verbs: [] });
  const { body } = await mia.get(`/server_tasks/${idIn(asked)}/items`);
  expect(body).toMatchObject({
    items: [{ state: 'SKIPPED' }, { action: 'hardReboot', state: 'COMPLETED', host: null }],
  });
});

test('a failed task says why, and hosts and originals to admins only', async () => {
  const id = await server();
  await fleet.hypervisors.misbehave({ unit: 'hardRebootGuest', instance: id, misbehaviour: { kind: 'fail' } });
  const task = await mia.post(`/servers/${id}/tasks`, reboot, wait);
  expect(task.body).toMatchObject({
    state: 'FAILED',
    fault: { code: 'HYPERVISOR_ERROR', blame: 'host', retryable: expect.any(Boolean) },
  });
  expect(task.text).not.toContain('host-1');
  const { body } = await anna.get(`/server_tasks/${idIn(task)}`);
  expect(body).toMatchObject({ fault: { host: 'host-1', detail: expect.any(String) } });
  await fleet.hypervisors.behave();
  const again = await mia.post(`/server_tasks/${idIn(task)}/retry`, { reason: 'once more' });
  expect(again).toMatchObject({ status: 202, body: { retry_of: idIn(task), reason: 'once more' } });
});

test('the same idempotency key finds the same task, and with another body is refused', async () => {
  const id = await server();
  const key = { 'idempotency-key': randomUUID() };
  const first = await mia.post(`/servers/${id}/tasks`, reboot, key);
  expect(idIn(await mia.post(`/servers/${id}/tasks`, reboot, key))).toBe(idIn(first));
  expect(await mia.post(`/servers/${id}/tasks`, { action: 'POWER_OFF' }, key)).toMatchObject({
    status: 409,
    body: { code: 'IDEMPOTENCY_CONFLICT', task_id: idIn(first) },
  });
});

test('a plan has no effect', async () => {
  const id = await server();
  const plan = await mia.post(`/servers/${id}/tasks?dry_run=true`, {
    action: 'RESIZE',
    input: { flavor: 'm1.medium' },
  });
  expect(plan).toMatchObject({
    status: 200,
    body: {
      could_start: true,
      problem: null,
      steps: expect.arrayContaining([expect.objectContaining({ name: 'copyDisk', undo: 'removeDisk' })]),
    },
  });
  expect((await fleet.client.tasks(id)).map(({ operation }) => operation)).toEqual(['create']);
});

describe('a task that runs', () => {
  async function held() {
    const id = await server();
    const letGo = await fleet.hypervisors.misbehave({
      unit: 'copyDisk',
      instance: id,
      misbehaviour: { kind: 'delay', duration: '1h' },
    });
    const task = await mia.post(`/servers/${id}/tasks`, { action: 'RESIZE', input: { flavor: 'm1.medium' } });
    await fleet.untilInUnit(idIn(task), 'copyDisk');
    return { id, task: idIn(task), letGo };
  }

  test('is named to whoever runs into it, with its step and what may be done', async () => {
    const { id, task, letGo } = await held();
    const refused = await mia.post(`/servers/${id}/tasks`, reboot);
    expect(refused.status).toBe(409);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(refused.body).toMatchObject({
      code: 'INSTANCE_BUSY',
      task_in_the_way: { id: task, step: 'copyDisk', verbs: expect.arrayContaining(['pause', 'cancel']) },
    });
    const plan = await mia.post(`/servers/${id}/tasks?dry_run=true`, reboot);
    expect(plan.body).toMatchObject({
      could_start: false,
      verdict: 'refuse',
      problem: { task_in_the_way: { id: task, step: 'copyDisk' } },
    });
    await letGo();
    await fleet.ended(task);
  });

  test('is paused, resumed and cancelled, each with a reason', async () => {
    const { task, letGo } = await held();
    expect((await mia.post(`/server_tasks/${task}/pause`, { reason: 'lunch' })).body).toMatchObject({
      pause_requested: true,
    });
    expect((await mia.post(`/server_tasks/${task}/resume`)).body).toMatchObject({ pause_requested: false });
    expect((await mia.get(`/server_tasks/${task}/cancel_preview`)).body).toMatchObject({
      refusal: null,
      done: expect.arrayContaining([{ name: 'copyDisk', state: 'RUNNING' }]),
      to_undo: expect.arrayContaining([expect.objectContaining({ name: 'copyDisk', unit: 'removeDisk' })]),
    });
    expect((await mia.post(`/server_tasks/${task}/cancel`, { reason: 'no need' })).status).toBe(200);
    await letGo();
    const { body } = await mia.get(`/server_tasks/${task}`, wait);
    expect(body).toMatchObject({
      state: 'ABORTED',
      notes: [
        { verb: 'pause', actor: 'mia', reason: 'lunch' },
        { verb: 'resume' },
        { verb: 'cancel', reason: 'no need' },
      ],
    });
    expect(await mia.post(`/server_tasks/${task}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'TASK_VERB_REFUSED' },
    });
  });

  test('is not waited for longer than was asked', async () => {
    const { task, letGo } = await held();
    expect((await mia.get(`/server_tasks/${task}`, { prefer: 'wait=1' })).body).toMatchObject({ state: 'RUNNING' });
    await letGo();
    await fleet.ended(task);
  });
});

describe('lists', () => {
  test('have the tasks of a server, newest first, page by page', async () => {
    const id = await server();
    for (const action of ['POWER_OFF', 'POWER_ON', 'PAUSE']) await mia.post(`/servers/${id}/tasks`, { action }, wait);
    const all = await eventually('all are listed', async () => {
      const { body } = await mia.get(`/servers/${id}/tasks`);
      const { tasks } = body as { tasks: { action: string; state: string }[] };
      return tasks.length === 4 && tasks.every(({ state }) => state === 'COMPLETED') && tasks;
    });
    expect(all.map(({ action }) => action)).toEqual(['PAUSE', 'POWER_ON', 'POWER_OFF', 'CREATE']);
    const pages: string[] = [];
    for (let path: string | undefined = `/servers/${id}/tasks?limit=3`; path !== undefined;) {
      const { body } = await mia.get(path);
      const page = body as { tasks: { action: string }[]; _links: { next?: { href: string } } };
      pages.push(...page.tasks.map(({ action }) => action));
      path = page._links.next?.href;
    }
    expect(pages).toEqual(all.map(({ action }) => action));
    expect((await mia.get(`/servers/${id}/tasks?action=PAUSE`)).body).toMatchObject({ tasks: [{ action: 'PAUSE' }] });
  });

  test('are of one project, and of all for admins who say so', async () => {
    const id = await server();
    const seenBy = async (client: ApiClient, query = '') => {
      const { body } = await client.get(`/server_tasks${query}`);
      return (body as { tasks: { server_id: string }[] }).tasks.some(({ server_id }) => server_id === id);
    };
    await eventually('it is listed', () => seenBy(rita));
    expect(await seenBy(olga)).toBe(false);
    expect(await seenBy(anna)).toBe(false);
    expect(await seenBy(anna, '?all_projects=true')).toBe(true);
    expect((await olga.get('/server_tasks?all_projects=true')).status).toBe(403);
  });

  test.each(['limit=0', 'limit=1001', 'state=BROKEN', 'since=yesterday', 'colour=red', 'marker=nonsense'])(
    '%s is refused, with what would be right',
    async (query) => {
      const { status, body } = await mia.get(`/server_tasks?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ detail: expect.stringContaining(query.split('=')[0] ?? '') });
    },
  );
});

describe('what one may not', () => {
  test('is not there where it is of another project', async () => {
    const id = await server();
    const task = (await fleet.client.tasks(id))[0]?.id ?? '';
    for (const path of [`/server_tasks/${task}`, `/server_tasks/${task}/items`, `/servers/${id}/tasks`])
      expect((await olga.get(path)).status).toBe(404);
    const unknown = await olga.post(`/servers/${randomUUID()}/tasks`, reboot);
    const foreign = await olga.post(`/servers/${id}/tasks`, reboot);
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect((await olga.post(`/server_tasks/${task}/cancel`)).status).toBe(404);
  });

  test('is refused for the lack of a role', async () => {
    const id = await server();
    expect((await rita.post(`/servers/${id}/tasks`, reboot)).status).toBe(403);
    expect((await mia.post(`/servers/${id}/tasks`, { action: 'LIVE_MOVE' })).status).toBe(403);
    const chosen = { action: 'RESIZE', input: { flavor: 'm1.medium', host: 'host-2' } };
    expect(await mia.post(`/servers/${id}/tasks`, chosen)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });
});

test.each([
  ['no action', {}, 'action'],
  ['an unknown one', { action: 'EXPLODE' }, 'action'],
  ['an input that is not its own', { action: 'PAUSE', input: { force: true } }, 'input'],
  ['a missing input', { action: 'RESIZE' }, 'input'],
  ['no flavor of that name', { action: 'RESIZE', input: { flavor: 'm9.huge' } }, 'm9.huge'],
])('a body with %s is refused, and says where', async (_what, body, where) => {
  const refused = await mia.post(`/servers/${await server()}/tasks`, body);
  expect(refused.status).toBe(400);
  expect(refused.text).toContain(where);
});

test.each([
  ['no JSON', '{"action":', 400],
  ['an array', '[]', 400],
  ['a deep nest', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 400],
  ['too much', JSON.stringify({ action: 'PAUSE', reason: 'x'.repeat(2_000_000) }), 413],
])('a body that is %s gets an answer all the same', async (_what, body, status) => {
  const answer = await mia.send('POST', `/servers/${randomUUID()}/tasks`, body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
});
