/** What the clients did, one line for each step, and the line at the end that counts them. */

/** A step of the life that a client gives a server. */
export interface StepResult {
  readonly client: string;
  readonly step: string;
  readonly milliseconds: number;
  /** What was wrong; null where nothing was. */
  readonly problem: string | null;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Prints as it goes. */
export class Report {
  readonly #print: (line: string) => void;
  readonly #results: StepResult[] = [];
  readonly #missing = new Map<string, string>();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Notes a step that was done elsewhere. */
  add(result: StepResult): void {
    const { client, step, milliseconds, problem } = result;
    this.#results.push(result);
    this.#print(`${problem === null ? '✔' : '✘'} ${client}  ${step}  ${Math.round(milliseconds)} ms`);
    if (problem !== null) this.#print(problem.trimEnd().replaceAll(/^/gm, '    '));
  }

  /** Does a step and notes it. False where it has failed. */
  async step(client: string, step: string, act: () => Promise<void>): Promise<boolean> {
    const start = performance.now();
    const problem = await act().then(() => null, messageOf);
    this.add({ client, step, milliseconds: performance.now() - start, problem });
    return problem === null;
  }

  /** Notes that a client could not be got: whoever counts must not take that for a success. */
  missing(client: string, error: unknown): void {
    this.#missing.set(client, messageOf(error));
    this.#print(`✘ ${client}  could not be got: ${messageOf(error)}`);
  }

  /** The last line. */
  summary(): string {
    const failed = this.#failed();
    const clients = new Set(this.#results.map(({ client }) => client));
    const parts = [`${this.#results.length - failed.length} of ${this.#results.length} steps as expected`];
    parts.push(`${clients.size} clients: ${[...clients].join(', ') || 'none'}`);
    if (failed.length > 0) parts.push(`failed: ${failed.map(({ client, step }) => `${client} ${step}`).join(', ')}`);
    if (this.#missing.size > 0) parts.push(`COULD NOT BE GOT: ${[...this.#missing.keys()].join(', ')}`);
    return `${this.succeeded() ? '✔' : '✘'} ${parts.join('; ')}`;
  }

  /** Whether every client was there and did all that was expected. */
  succeeded(): boolean {
    return this.#results.length > 0 && this.#failed().length === 0 && this.#missing.size === 0;
  }

  #failed(): StepResult[] {
    return this.#results.filter(({ problem }) => problem !== null);
  }
}
