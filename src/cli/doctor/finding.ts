/** What the doctor has found out about one thing. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do; null where all is well. */
  readonly fix: string | null;
  /** Temporal or a worker does not answer. */
  readonly unreachable?: true;
}

export const fine = (name: string, message: string): Finding => ({ name, ok: true, message, fix: null });

export const wrong = (name: string, message: string, fix: string): Finding => ({ name, ok: false, message, fix });

/** One cannot look further: what follows depends on it. */
export const silent = (name: string, message: string, fix: string): Finding => ({
  ...wrong(name, message, fix),
  unreachable: true,
});
