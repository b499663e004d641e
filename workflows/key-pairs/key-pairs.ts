import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { mostKeyPairs, type KeyPair } from '../../src/model/key-pair.ts';
import type { Problem } from '../../src/model/problem.ts';
import { afterAnswers } from '../after-answers.ts';
import * as messages from '../messages.ts';
import { refuse } from '../refusal.ts';
import { versioned } from '../versioning.ts';

/** A run is handed over after so many events. */
const eventsPerRun = 1_000;

/**
 * The key pairs of one user. There is such a workflow only as long as there is a pair: the first one starts it, and with the
 * last one it ends. Temporal's own cancel is ignored.
 */
export async function keyPairs({ pairs: known }: messages.KeyPairsState): Promise<void> {
  const book = new KeyPairBook(known);
  listen(book);
  await CancellationScope.nonCancellable(async () => {
    // The update that came with the start may be refused: then there is nothing to keep.
    await condition(() => !book.isEmpty, '10 seconds');
    while (!book.isEmpty && !isLong()) {
      await condition(() => book.isEmpty || isLong());
      await afterAnswers();
      // An update that completes in the very workflow task of the end may be lost to its caller: let that one pass.
      await sleep(1);
      await condition(allHandlersFinished);
    }
    if (!book.isEmpty) await continueAsNew<typeof keyPairs>({ schemaVersion: 1, pairs: book.pairs });
  });
}
setWorkflowOptions(versioned('AUTO_UPGRADE'), keyPairs);

const isLong = (): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventsPerRun;

function listen(book: KeyPairBook): void {
  setHandler(messages.keyPairsQuery, () => book.pairs, { description: 'The key pairs of the user, by name.' });
  const addable = (pair: KeyPair): void => {
    const problem = book.additionProblem(pair);
    if (problem !== null) refuse(problem);
  };
  setHandler(
    messages.addKeyPair,
    (pair) => {
      // Asked again: between two updates of one workflow task the first has already been heeded.
      addable(pair);
      return book.add(pair);
    },
    { validator: addable, description: 'Keeps a key pair. Idempotent by its id.' },
  );
  const removable = (name: string): void => {
    const problem = book.removalProblem(name);
    if (problem !== null) refuse(problem);
  };
  setHandler(
    messages.removeKeyPair,
    (name) => {
      removable(name);
      return book.remove(name);
    },
    { validator: removable, description: 'Forgets a key pair. Instances that were given it keep it.' },
  );
}

/** The pairs, by name. */
class KeyPairBook {
  #pairs: readonly KeyPair[];

  constructor(pairs: readonly KeyPair[]) {
    this.#pairs = pairs;
  }

  get pairs(): readonly KeyPair[] {
    return this.#pairs;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  additionProblem({ id, name }: KeyPair): Problem | null {
    const known = this.#find(name);
    if (known?.id === id) return null;
    if (known !== undefined) return { type: 'KeyPairExists', message: `there is a key pair ${name} already` };
    if (this.#pairs.length < mostKeyPairs) return null;
    return { type: 'TooManyKeyPairs', message: `there are ${mostKeyPairs} key pairs, and a user may have no more` };
  }

  add(pair: KeyPair): KeyPair {
    const others = this.#pairs.filter(({ name }) => name !== pair.name);
    this.#pairs = [...others, pair].sort((one, other) => (one.name < other.name ? -1 : 1));
    return pair;
  }

  removalProblem(name: string): Problem | null {
    return this.#find(name) === undefined ? { type: 'KeyPairNotFound', message: `there is no key pair ${name}` } : null;
  }

  remove(name: string): boolean {
    this.#pairs = this.#pairs.filter((pair) => pair.name !== name);
    return true;
  }

  #find(wanted: string): KeyPair | undefined {
    return this.#pairs.find(({ name }) => name === wanted);
  }
}
