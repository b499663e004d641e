import Sequencer from '@jest/test-sequencer';

/** In a fresh clone Jest knows of no durations, and would begin with the largest files: the longest run is none of them. */
const longest = [/\/test\/matrix\/matrix\.test/, /\/test\/random\//, /\/test\/cli\/commands\.test/, /\/test\/faults\//];

/** Begins with the test files that take minutes, so that no worker is left alone with one at the end. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = longest.findIndex((pattern) => pattern.test(path));
      return index === -1 ? longest.length : index;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
