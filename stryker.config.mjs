/** What every room has in common; `scripts/mutation/main.mjs` adds its sources and its specs. */
export default {
  packageManager: "npm",
  plugins: ["./scripts/mutation/stryker-plugin.mjs"],
  testRunner: "specs",
  coverageAnalysis: "perTest",
  reporters: ["progress-append-only", "json", "lines"],
  concurrency: 2,
  // The runner ends a test that waits; this is for one that never gives the process back.
  timeoutMS: 10_000,
  timeoutFactor: 2,
  disableTypeChecks: false,
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["bench", "dist", "samples", "reports", "coverage"],
};
