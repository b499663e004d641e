/** Images as Glance v2 shows them. */
import type { CatalogueImage } from '../../model/catalogue.ts';
import { toSeconds } from '../nova/times.ts';
import type { Task } from '../../model/task.ts';

/** What all images of this platform have in common. */
const common = {
  container_format: 'bare',
  disk_format: 'qcow2',
  protected: false,
  os_hidden: false,
  tags: [],
  virtual_size: null,
  checksum: null,
  schema: '/v2/schemas/image',
} as const;

/** The catalogue does not say since when it has an image. */
const always = '1970-01-01T00:00:00Z';

const places = (id: string) => ({ self: `/v2/images/${id}`, file: `/v2/images/${id}/file` });

/** One of the catalogue: everybody may use it. */
export const toImage = ({ id, name, status, minMemoryMb, minDiskGb }: CatalogueImage) => ({
  ...common,
  ...places(id),
  id,
  name,
  status,
  visibility: 'public',
  owner: null,
  size: status === 'active' ? 0 : null,
  min_ram: minMemoryMb,
  min_disk: minDiskGb,
  created_at: always,
  updated_at: always,
});

/** The task that makes or has made it, as it is or as a list has it. */
export interface Snapshot extends Pick<Task, 'id' | 'createdAt' | 'endedAt' | 'instanceId'> {
  readonly name: string;
  readonly projectId: string | null;
  readonly status: string;
}

/** One that a task makes, or has made, of an instance: its project may use it. */
export const toSnapshot = ({ id, name, projectId, createdAt, endedAt, instanceId, status }: Snapshot) => ({
  ...common,
  ...places(id),
  id,
  name,
  status: status === 'COMPLETED' ? 'active' : 'saving',
  visibility: 'private',
  owner: projectId,
  size: status === 'COMPLETED' ? 0 : null,
  min_ram: 0,
  min_disk: 0,
  created_at: toSeconds(createdAt),
  updated_at: toSeconds(endedAt ?? createdAt),
  instance_uuid: instanceId,
  image_type: 'snapshot',
});
