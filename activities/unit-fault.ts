import { faultCatalogue, type FaultCode } from '../src/model/fault.ts';

/** A unit's failure as one of the declared faults. */
export class UnitFault extends Error {
  override readonly name = 'UnitFault';
  readonly code: FaultCode;
  /** Follows the catalogue's sentence; the owner of the instance reads it, so it names no host and no software. */
  readonly remark: string | undefined;

  /**
   * @param code which fault it is: blame, retry and next action follow from the catalogue
   * @param detail what happened, in the words of where it happened: for admins only
   */
  constructor(code: FaultCode, detail: string, options: { readonly remark?: string; readonly cause?: unknown } = {}) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.remark = options.remark;
  }

  /** Whether the same unit, run again, may succeed. */
  get retryable(): boolean {
    return faultCatalogue[this.code].retryable;
  }
}
