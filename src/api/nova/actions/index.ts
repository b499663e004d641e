/** `POST /servers/{id}/action`: one key that names the action; its value is what the action takes. */
import { z } from 'zod';
import { BadRequest, NotFound } from '../../http-error.ts';
import { parseBody } from '../complaint.ts';
import type { Microversion } from '../microversion.ts';
import type { Action, ActionRequest, Answer } from './action.ts';
import { consoleActions } from './console.ts';
import { imageActions } from './images.ts';
import { moves } from './moves.ts';
import { simpleActions } from './simple.ts';

const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({ ...simpleActions, ...moves, ...imageActions, ...consoleActions }),
);

export interface ChosenAction {
  /** The word that Nova's refusals call it by. */
  readonly word: string;
  readonly respond: (request: ActionRequest) => Promise<Answer>;
}

/** What a body asks for. Throws {@link BadRequest}. */
export function chooseAction(body: unknown, version: Microversion): ChosenAction {
  const keys = z.record(z.string(), z.unknown()).safeParse(body).data;
  const [key, ...others] = Object.keys(keys ?? {});
  if (key === undefined || others.length > 0) throw new BadRequest('Malformed request body');
  const action = actions.get(key);
  if (action === undefined) throw new BadRequest(`There is no such action: ${key}`);
  if (!isIn(action, version)) throw new NotFound('The resource could not be found.');
  return {
    word: key === 'os-migrateLive' ? key : key.replace(/^os-/, ''),
    respond: (request) => action.respond((schema) => parseBody(schema, body, [key]), request),
  };
}

const isIn = ({ since = 1, upTo = Infinity }: Action, version: Microversion): boolean =>
  version >= since && version <= upTo;
