/** Processes of a fleet, as tests hold them: to kill, freeze, thaw and start again. */
import { logLines, logSize } from '../../src/dev/log-file.ts';
import { startProcess, type Program, type StartedProcess } from '../../src/dev/server-process.ts';
import { eventually } from './eventually.ts';
import { killWithThisProcess } from './guard.ts';

/** A process that can be started again after its end, with the same name, ports and files. */
export class FleetProcess {
  readonly name: string;
  readonly #program: Program;
  readonly #log: string;
  /** Whether the process is ready for what is sent to it, by what it has written to its log since its start. */
  readonly #isReady: (lines: readonly string[]) => Promise<boolean>;
  #running: { readonly process: StartedProcess; readonly callOff: () => void } | null = null;

  constructor(name: string, program: Program, log: string, isReady: (lines: readonly string[]) => Promise<boolean>) {
    this.name = name;
    this.#program = program;
    this.#log = log;
    this.#isReady = isReady;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    await this.launch();
    await this.ready();
  }

  /** Starts it without waiting until it is ready. */
  async launch(): Promise<void> {
    if (this.#running !== null) throw new Error(`${this.name} runs already`);
    const logFrom = await logSize(this.#log);
    const process = await startProcess(this.#program, this.#log);
    this.#running = { process, callOff: killWithThisProcess(process.pid) };
    this.#readyFrom = logFrom;
  }

  async ready(): Promise<void> {
    let ended: string | null = null;
    void this.#present().exited.then((how) => (ended = how));
    await eventually(`${this.name} is ready`, async () => {
      const lines = await logLines(this.#log, this.#readyFrom);
      return ended !== null || (await this.#isReady(lines));
    });
    if (ended !== null) throw new Error(`${this.name} ${String(ended)}: ${(await this.log()).slice(-20).join('\n')}`);
  }

  /** kill -9. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end, and resolves when it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** kill -9, and a new start. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Resolves when it has ended by itself, and makes it startable again. */
  async died(): Promise<void> {
    const { exited } = this.#present();
    let ended = false;
    void exited.then(() => (ended = true));
    await eventually(`${this.name} has died`, async () => ended);
    this.#forget();
  }

  /** Stops it in its tracks (SIGSTOP), which it does not notice. */
  freeze(): void {
    this.#present().send('SIGSTOP');
  }

  thaw(): void {
    this.#present().send('SIGCONT');
  }

  /** Ends it if it runs, for good. */
  async dispose(): Promise<void> {
    if (this.#running !== null) await this.kill();
  }

  log(): Promise<string[]> {
    return logLines(this.#log);
  }

  #readyFrom = 0;

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { exited, send } = this.#present();
    send(signal);
    await exited;
    this.#forget();
  }

  #forget(): void {
    this.#running?.callOff();
    this.#running = null;
  }

  #present(): StartedProcess {
    if (this.#running === null) throw new Error(`${this.name} does not run`);
    return this.#running.process;
  }
}
