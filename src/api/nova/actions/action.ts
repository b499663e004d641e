/** What an action on a server is: one key of a body, and what is done about its value. */
import type { z } from 'zod';
import type { Caller } from '../../../authentication/caller.ts';
import type { InstanceRecord } from '../../../model/instance.ts';
import type { Task } from '../../../model/task.ts';
import type { OperationName } from '../../../operations/index.ts';
import type { Reach } from '../../reach.ts';
import type { Microversion } from '../microversion.ts';
import type { Viewer } from '../viewer.ts';

export interface Answer {
  readonly statusCode: 200 | 202 | 204;
  readonly body?: object;
  readonly location?: string;
}

export const accepted: Answer = { statusCode: 202 };

export interface ActionRequest {
  readonly reach: Reach;
  readonly caller: Caller;
  readonly viewer: Viewer;
  readonly version: Microversion;
  readonly server: InstanceRecord;
  /** A password for the guest where the request chooses none; null where none can be kept. */
  readonly password: () => string | null;
  /** Throws where the caller may not ask for that. */
  readonly expectMay: (operation: Exclude<OperationName, 'create'>, input: object) => void;
  /** Asks for a task; a refusal is thrown in Nova's words. */
  readonly ask: (operation: Exclude<OperationName, 'create'>, input: object) => Promise<Task>;
}

interface Declaration<Schema extends z.ZodType> {
  /** Versions that have it; all where absent. */
  readonly since?: Microversion;
  readonly upTo?: Microversion;
  /** What the value must be in a version. */
  readonly takes: (version: Microversion) => Schema;
  readonly act: (value: z.output<Schema>, request: ActionRequest) => Promise<Answer>;
}

/** An action; only it knows the type of its value. */
export interface Action {
  readonly since?: Microversion;
  readonly upTo?: Microversion;
  /** `parse` takes the value out of the body, by the schema. */
  readonly respond: (
    parse: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>,
    request: ActionRequest,
  ) => Promise<Answer>;
}

/** Declares an action. */
export const action = <Schema extends z.ZodType>({ takes, act, ...versions }: Declaration<Schema>): Action => ({
  ...versions,
  respond: (parse, request) => act(parse(takes(request.version)), request),
});
