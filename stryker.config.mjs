/** Mutation testing: `npm run mutation` (`-- --mutate 'lib/capture/**'` for a part). */
export default {
  packageManager: "npm",
  testRunner: "jest",
  jest: { configFile: "jest.mutation.config.ts", enableFindRelatedTests: true },
  coverageAnalysis: "perTest",
  mutate: ["lib/**/*.ts", "!lib/index.ts", "!lib/register.ts", "!lib/instructor/load*.ts", "!lib/wire/**"],
  reporters: ["clear-text", "progress", "json"],
  jsonReporter: { fileName: "reports/mutation.json" },
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 90, break: 90 },
  tempDirName: ".stryker-tmp",
  ignorePatterns: ["bench", "dist", "docs", "samples", "reports", "coverage"],
};
