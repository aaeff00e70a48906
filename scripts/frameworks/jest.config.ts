/** @jest-config-loader esbuild-register */
import type { Config } from "jest";
import { join } from "node:path";

/** `npm run test:frameworks`: installs each sample project with the packed package and holds it to its promises. */
const config: Config = {
  rootDir: join(__dirname, "../.."),
  testEnvironment: "node",
  testMatch: ["<rootDir>/spec/frameworks/**/*.spec.ts"],
  globalSetup: "<rootDir>/scripts/frameworks/setup.cjs",
  globalTeardown: "<rootDir>/scripts/frameworks/teardown.cjs",
  reporters: ["default", "<rootDir>/scripts/frameworks/count-reporter.cjs"],
  maxWorkers: 2,
  testTimeout: 300_000,
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.ts$": [
      "ts-jest",
      {
        diagnostics: false,
        tsconfig: {
          target: "es2022",
          module: "commonjs",
          moduleResolution: "bundler",
          esModuleInterop: true,
          isolatedModules: true,
        },
      },
    ],
  },
};

export default config;
