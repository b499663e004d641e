import { colorsFor, type Colors } from '../dev/colors.ts';

/** What a command prints: for a program or for a person. */
export class Output {
  /** For a program. */
  readonly json: boolean;
  readonly colors: Colors;
  /** A person sits before it: what is there may be written anew. */
  readonly live: boolean;

  constructor(json: boolean) {
    this.json = json;
    this.colors = colorsFor(process.stdout);
    this.live = process.stdout.isTTY && process.env['TERM'] !== 'dumb' && !json;
  }

  /** Prints the one document of the command, or says the same in words. */
  print(document: unknown, text: () => string): void {
    process.stdout.write(`${this.json ? JSON.stringify(document, null, 2) : text()}\n`);
  }

  /** Prints one of several documents, each on its line. */
  printLine(document: unknown): void {
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }

  /** Says something to a person only. */
  say(text: string): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** Says something beside what was asked for. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }
}
