/** When `virsh` and `qemu-img` ran: programs of the same names, before those on the PATH, note it. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** In milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

interface Call extends Interval {
  readonly words: string;
}

/** After these something goes on that the calls that follow wait for: a guest that shuts down, a job. */
const begins = /\b(shutdown|backup-begin|detach-device-alias)\b/;
/** What a unit only looks with. */
const looks = /\b(domstats|domjobinfo|dumpxml|dominfo)\b/;

export class NotedCalls {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Has all programs that this process starts from now on find those that take notes. */
  static async begin(folder: string): Promise<NotedCalls> {
    const [bin, file] = [join(folder, 'bin'), join(folder, 'intervals')];
    await mkdir(bin);
    for (const name of ['virsh', 'qemu-img']) {
      const { stdout: real } = await execa('which', [name]);
      // What listens until it is killed does no work, and must itself be what is killed.
      const listens = `case " $* " in *' event '*) exec ${real} "$@" ;; esac`;
      const noted = `begun=$(date +%s%N)\n${real} "$@"\ncode=$?\necho "$begun $(date +%s%N) $*" >>'${file}'\nexit $code`;
      const script = `#!/bin/sh\n${listens}\n${noted}\n`;
      await writeFile(join(bin, name), script);
      await chmod(join(bin, name), 0o755);
    }
    process.env['PATH'] = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
    return new NotedCalls(file);
  }

  /** How long, of that time, libvirt, QEMU or the guest were at work for the instance, or were waited for. */
  async busyMs({ from, to }: Interval, instanceId: string): Promise<number> {
    const calls = (await this.#calls()).filter(
      (call) => call.words.includes(instanceId) && call.to > from && call.from < to,
    );
    const waits = calls.flatMap((call, index) => {
      if (!begins.test(call.words)) return [];
      const rest = calls.slice(index + 1);
      const next = rest.findIndex(({ words }) => !looks.test(words) && !begins.test(words));
      const last = rest.slice(0, next === -1 ? rest.length : next).at(-1);
      return last === undefined ? [] : [{ from: call.from, to: last.to }];
    });
    return unionMs(
      [...calls, ...waits].map((each) => ({ from: Math.max(from, each.from), to: Math.min(to, each.to) })),
    );
  }

  async #calls(): Promise<Call[]> {
    const lines = (await readFile(this.#file, 'utf8')).split('\n').filter((line) => line !== '');
    return lines
      .map((line): Call => {
        const [from = '', to = '', ...words] = line.split(' ');
        return { from: Number(from) / 1e6, to: Number(to) / 1e6, words: words.join(' ') };
      })
      .sort((one, other) => one.from - other.from);
  }
}

/** How long at least one of them lasted. */
function unionMs(intervals: readonly Interval[]): number {
  let [sum, end] = [0, -Infinity];
  for (const { from, to } of intervals.toSorted((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}
