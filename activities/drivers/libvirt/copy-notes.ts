/** What a step of the instance has copied last from one volume to another: it may have to be taken away again. */
import { readFile } from 'node:fs/promises';
import { effectKey } from '../../../src/model/unit.ts';
import type { Act } from './unit.ts';

export interface NotedCopy {
  /** Of the effect. */
  readonly key: string;
  readonly toVolume: string;
  readonly volume: string;
  /** How many bytes that one held before. */
  readonly room: number;
  /** The guest ran meanwhile: it wrote to both, and the copy is no larger than its source until that is given back. */
  readonly mirrored: boolean;
}

const fileOf = ({ host, instanceId }: Act): string => host.file(instanceId, 'copied');

/** The key of the copy that this unit makes, or takes back. */
export const keyOfCopy = ({ context }: Act): string => effectKey({ ...context.purpose, direction: 'run' });

/** Whether it was made by the task of this unit. */
export const isOwnCopy = ({ context }: Act, { key }: NotedCopy): boolean =>
  key.startsWith(`${context.purpose.taskId}/`);

export async function readCopy(act: Act): Promise<NotedCopy | null> {
  const text = await readFile(fileOf(act), 'utf8').catch(() => null);
  if (text === null) return null;
  const [key = '', toVolume = '', volume = '', room = '', how = ''] = text.split(' ');
  return { key, toVolume, volume, room: Number(room), mirrored: how === 'mirrored' };
}

export const noteCopy = (act: Act, { key, toVolume, volume, room, mirrored }: NotedCopy): Promise<void> =>
  act.delivery.put(null, fileOf(act), [key, toVolume, volume, room, mirrored ? 'mirrored' : 'copied'].join(' '));

export const forgetCopy = (act: Act): Promise<void> => act.delivery.effect(null, ['rm', '-f', fileOf(act)]);
