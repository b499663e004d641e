/** What has become of a server, read without any of the clients. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ApiClient, type Answer } from '../api/api-client.ts';
import { eventually } from '../support/eventually.ts';
import type { ServedCloud } from '../support/served-cloud.ts';

const versions = { 'openstack-api-version': 'compute 2.96' };
const shown = z.object({ server: z.record(z.string(), z.unknown()) });
const listed = z.object({ instanceActions: z.array(z.looseObject({ action: z.string(), request_id: z.string() })) });
const detailed = z.object({
  instanceAction: z.looseObject({ events: z.array(z.looseObject({ result: z.string().nullable() })) }),
});

/** Expected keys of a server and their values, as Nova shows them to an admin. */
export type Expected = Readonly<Record<string, unknown>>;

export class Observer {
  readonly #api: ApiClient;

  constructor({ endpoint, token }: ServedCloud) {
    this.#api = new ApiClient(endpoint, token);
  }

  async server(id: string): Promise<Expected> {
    return shown.parse((await this.#get(`/v2.1/servers/${id}`)).body).server;
  }

  /** Waits until no task is at work on the server and it is as expected. */
  async becomes(id: string, expected: Expected): Promise<Expected> {
    const wanted = { 'OS-EXT-STS:task_state': null, ...expected };
    return eventually(`${id} is ${JSON.stringify(wanted)}`, async () => {
      const server = await this.server(id);
      const seen = Object.fromEntries(Object.keys(wanted).map((key) => [key, server[key]]));
      if (isDeepStrictEqual(seen, wanted)) return server;
      throw new Error(`it is ${JSON.stringify(seen)}`);
    });
  }

  /** Waits until it is so, and the newest action of the server is this one and has succeeded. */
  async did(id: string, action: string, expected: Expected): Promise<Expected> {
    const server = await this.becomes(id, expected);
    await eventually(`${action} of ${id} has succeeded`, async () => {
      const [newest] = await this.#actions(id);
      const results = newest === undefined ? [] : await this.#results(id, newest.request_id);
      if (newest?.action === action && results.length > 0 && results.every((each) => each === 'Success')) return true;
      throw new Error(`the newest is ${newest?.action}: ${results.join(', ')}`);
    });
    return server;
  }

  /** The actions of a server, also of a deleted one, oldest first. */
  async actions(id: string): Promise<readonly string[]> {
    return (await this.#actions(id)).map(({ action }) => action).reverse();
  }

  /** Waits until there is no such server any more. */
  async gone(id: string): Promise<void> {
    await eventually(`${id} is gone`, async () => (await this.#get(`/v2.1/servers/${id}`)).status === 404);
  }

  async #actions(id: string) {
    return listed.parse((await this.#get(`/v2.1/servers/${id}/os-instance-actions`)).body).instanceActions;
  }

  async #results(id: string, request: string): Promise<readonly (string | null)[]> {
    const { body } = await this.#get(`/v2.1/servers/${id}/os-instance-actions/${request}`);
    return detailed.parse(body).instanceAction.events.map(({ result }) => result);
  }

  #get(path: string): Promise<Answer> {
    return this.#api.get(path, versions);
  }
}
