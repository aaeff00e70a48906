const Sequencer = require("@jest/test-sequencer").default;

/** The names of the tests in each spec file, from its first run in this process. */
const namesOf = new Map();

/**
 * Leaves out the spec files without a test that covers the mutant. Stryker passes those tests as a name pattern, for which
 * Jest would load every file.
 */
module.exports = class CoveringSpecs extends Sequencer {
  #pattern;

  constructor(options) {
    super(options);
    const { testNamePattern } = options.globalConfig;
    this.#pattern = new RegExp(testNamePattern ?? "", "i");
  }

  sort(tests) {
    const covers = ({ path }) => namesOf.get(path)?.some((name) => this.#pattern.test(name)) ?? true;
    return super.sort(tests.filter(covers));
  }

  cacheResults(tests, results) {
    super.cacheResults(tests, results);
    for (const { testFilePath, testResults } of results.testResults) {
      // A mutant that keeps a file from loading leaves no names.
      if (namesOf.has(testFilePath) || testResults.length === 0) continue;
      const names = testResults.map(({ fullName }) => fullName);
      namesOf.set(testFilePath, names);
    }
  }
};
