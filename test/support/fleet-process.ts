import { lastWords } from '../../src/dev/log-file.ts';
import type { StartedProcess } from '../../src/dev/server-process.ts';
import { eventually } from './eventually.ts';
import { killWithThisProcess } from './guard.ts';

/** How a process is started, again and again. */
export interface Startable {
  launch(): Promise<StartedProcess>;
  /** Whether the process that was launched last does what it is there for. */
  isReady(): Promise<boolean>;
}

/** A process of a fleet, as tests hold it: to kill, freeze, thaw and start again. */
export class FleetProcess {
  readonly name: string;
  readonly #startable: Startable;
  #running: { readonly process: StartedProcess; readonly callOff: () => void } | null = null;
  #ended = false;

  constructor(name: string, startable: Startable) {
    this.name = name;
    this.#startable = startable;
  }

  get pid(): number {
    return this.#present().pid;
  }

  get runs(): boolean {
    return this.#running !== null;
  }

  /** It was started and has ended, told to or not. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    await this.launch();
    await this.ready();
  }

  /** Starts it and does not wait until it is ready. */
  async launch(): Promise<void> {
    if (this.#running !== null) throw new Error(`${this.name} runs already`);
    const process = await this.#startable.launch();
    this.#running = { process, callOff: killWithThisProcess(process.pid) };
    this.#ended = false;
    void process.exited.then(() => (this.#ended = true));
  }

  async ready(): Promise<void> {
    const { exited, log } = this.#present();
    const ends = { how: '' };
    void exited.then((how) => (ends.how = how));
    await eventually(`${this.name} is ready`, async () => ends.how !== '' || this.#startable.isReady());
    if (ends.how !== '') throw new Error(`${this.name} ${ends.how}. ${await lastWords(log)}`);
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

  /** Resolves when it has ended, told to or not, so that it can be started again. */
  async died(): Promise<void> {
    const ends = { how: '' };
    void this.#present().exited.then((how) => (ends.how = how));
    await eventually(`${this.name} has ended`, async () => ends.how !== '');
    this.#running?.callOff();
    this.#running = null;
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

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#present().send(signal);
    await this.died();
  }

  #present(): StartedProcess {
    if (this.#running === null) throw new Error(`${this.name} does not run`);
    return this.#running.process;
  }
}
