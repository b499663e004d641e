/** Units as tests send them. */
import { randomUUID } from 'node:crypto';
import type { UnitContext } from '../../activities/drivers/driver.ts';
import type { Direction } from '../../src/model/task.ts';
import type { UnitPurpose } from '../../src/model/unit.ts';

export const flavor = { name: 'm1.small', vcpus: 1, memoryMb: 2048, diskGb: 20 };
export const disk = { disk: 'root', image: 'debian-13', sizeGb: 20 };
export const machine = { name: 'demo', flavor, disk: 'root' };

/** Numbers the units of one task of one instance, as its workflow would. */
export class TaskUnits {
  readonly instanceId: string;
  readonly generation: number;
  readonly #taskId = randomUUID();
  #sequence = 0;

  constructor(instanceId: string = randomUUID(), generation = 1) {
    this.instanceId = instanceId;
    this.generation = generation;
  }

  /** The next unit of the task. */
  next(step = 'step', direction: Direction = 'run', operation = 'reboot'): UnitPurpose {
    const sequence = ++this.#sequence;
    return {
      taskId: this.#taskId,
      operation,
      step: `${step}-${sequence}`,
      direction,
      instanceId: this.instanceId,
      generation: this.generation,
      sequence,
    };
  }
}

/** One delivery of a unit. */
export const deliver = (
  purpose: UnitPurpose,
  attempt = 1,
  { signal = new AbortController().signal, progress = () => {} }: Partial<UnitContext> = {},
): UnitContext => ({
  purpose,
  fence: { generation: purpose.generation, sequence: purpose.sequence, attempt },
  signal,
  progress,
});
