/** `scripts/mutation/main.mjs` adds what is mutated. */
export default {
  packageManager: "npm",
  testRunner: "jest",
  // Related tests are found by imports, and most specs import the whole package.
  jest: { configFile: "scripts/mutation/jest.config.ts", enableFindRelatedTests: false },
  coverageAnalysis: "perTest",
  reporters: ["clear-text", "progress-append-only", "json"],
  clearTextReporter: { reportTests: false, allowColor: false },
  jsonReporter: { fileName: "reports/mutation.json" },
  thresholds: { high: 95, low: 90, break: 90 },
  concurrency: 2,
  disableTypeChecks: false,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["bench", "dist", "docs", "samples", "reports", "coverage"],
};
