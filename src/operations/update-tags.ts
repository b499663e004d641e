import type { InstanceRecord } from '../model/instance.ts';
import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import { mostTags, tooMany } from './labels.ts';
import type { UpdateTagsInput } from './update-tags.schema.ts';

interface Start {
  readonly input: UpdateTagsInput;
  readonly instance: InstanceRecord;
}

const updated = ({ input: { set, add = [], remove = [] }, instance }: Start): string[] =>
  [...new Set([...(set ?? instance.tags ?? []), ...add])].filter((tag) => !remove.includes(tag)).sort();

/** As in Nova, a locked instance can be tagged. */
export const updateTags = recordOperation<UpdateTagsInput>()(
  {
    name: 'updateTags',
    purpose: 'Gives the instance tags, and takes them away.',
    allowedFrom: livingVmStates,
    besideTasks: true,
    evenWhenLocked: true,
    refusal: (start) => tooMany('tags', updated(start).length, mostTags),
    describe: ({ set = [], add = [], remove = [] }) =>
      [...set, ...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)].join(' '),
  },
  (context) => ({ tags: updated(context) }),
);
