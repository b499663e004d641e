/** How much a project may have. */

/** -1 for as much as there is. */
export interface QuotaSettings {
  readonly instances: number;
  readonly vcpus: number;
  readonly memoryMb: number;
}

/** Nova's. */
export const defaultQuotas: QuotaSettings = { instances: 10, vcpus: 20, memoryMb: 51_200 };
