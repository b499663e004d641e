/** How much a project may have. Checked against lists, which are up to a second behind: a bound, and no lock. */
import type { QuotaSettings } from '../model/quota.ts';
import type { Flavor } from '../model/instance.ts';
import type { ReadModel, Usage } from '../read-model/read-model.ts';
import { HttpError } from './http-error.ts';

/** What Nova calls each. */
const resources = { instances: 'instances', vcpus: 'cores', memoryMb: 'ram' } as const satisfies Record<
  keyof Usage,
  string
>;

export class Quotas {
  readonly limits: QuotaSettings;
  readonly #readModel: ReadModel;

  constructor(limits: QuotaSettings, readModel: ReadModel) {
    this.limits = limits;
    this.#readModel = readModel;
  }

  usage(projectId: string): Promise<Usage> {
    return this.#readModel.usage(projectId);
  }

  /** Throws an {@link HttpError} of 403 where instances of these sizes would be too much. */
  async expectRoom(projectId: string, sizes: readonly Pick<Flavor, 'vcpus' | 'memoryMb'>[]): Promise<void> {
    const total = (key: 'vcpus' | 'memoryMb') => sizes.reduce((sum, size) => sum + size[key], 0);
    const asked: Usage = { instances: sizes.length, vcpus: total('vcpus'), memoryMb: total('memoryMb') };
    const used = await this.usage(projectId);
    for (const key of ['instances', 'vcpus', 'memoryMb'] as const) {
      const limit = this.limits[key];
      if (limit < 0 || used[key] + asked[key] <= limit) continue;
      const [what, unit] = [resources[key], `${used[key]} of ${limit}`];
      throw new HttpError(
        403,
        'QUOTA_EXCEEDED',
        `Quota exceeded for ${what}: Requested ${asked[key]}, but already used ${unit} ${what}`,
        { extensions: { resource: what, requested: asked[key], used: used[key], limit } },
      );
    }
  }
}
