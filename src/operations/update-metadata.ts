import type { InstanceRecord } from '../model/instance.ts';
import { recordOperation } from '../model/record-operation.ts';
import { livingVmStates } from '../model/states.ts';
import { mostMetadata, tooMany } from './labels.ts';
import type { UpdateMetadataInput } from './update-metadata.schema.ts';

interface Start {
  readonly input: UpdateMetadataInput;
  readonly instance: InstanceRecord;
}

const updated = ({ input: { metadata, replace }, instance }: Start): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...(replace ? {} : instance.metadata), ...metadata }).flatMap(([key, value]) =>
      value === null ? [] : [[key, value]],
    ),
  );

export const updateMetadata = recordOperation<UpdateMetadataInput>()(
  {
    name: 'updateMetadata',
    purpose: 'Sets items of the metadata of the instance, and takes others away.',
    allowedFrom: livingVmStates,
    besideTasks: true,
    refusal: (start) => tooMany('items of metadata', Object.keys(updated(start)).length, mostMetadata),
    describe: ({ metadata }) => Object.keys(metadata).join(', '),
  },
  (context) => ({ metadata: updated(context) }),
);
