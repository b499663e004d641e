import { operation, type TaskContext } from '../model/operation.ts';
import type { CreateImageInput } from './create-image.schema.ts';
import { newImage, upload } from './image-steps.ts';
import { needsHost } from './where.ts';

const shown = { taskState: 'image_uploading', event: 'compute_snapshot_instance' } as const;

export const createImage = operation<CreateImageInput>()({
  name: 'createImage',
  purpose: 'Makes an image of the disk as it is now; the id of the image is in the result of the task.',
  allowedFrom: ['active', 'stopped', 'paused', 'suspended'],
  evenWhenLocked: true,
  refusal: needsHost,
  describe: ({ name }) => name,
  result: (context) => ({ image: newImage(context) }),
})
  .step(
    'upload',
    upload(shown, ({ input }: TaskContext<CreateImageInput>) => input.name),
  )
  .keepsState();
