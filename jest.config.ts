/** @jest-config-loader esbuild-register */
import { availableParallelism } from "node:os";
import type { Config } from "jest";

// Types are checked by `npm run typecheck`; here each file is only transpiled, which is several times faster.
const project = (displayName: string, tsconfig: object) => ({
  displayName,
  testEnvironment: "node",
  // What a collected object leaves behind may still ask for a global once its spec file is over.
  testEnvironmentOptions: { globalsCleanup: "off" },
  // A copy of the project is there while mutants are run.
  modulePathIgnorePatterns: ["<rootDir>/.stryker-tmp/"],
  moduleNameMapper: {
    "^respan-instructor$": "<rootDir>/lib/index.ts",
    "^respan-instructor/testing$": "<rootDir>/lib/testing.ts",
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
  transform: {
    "^.+\\.ts$": ["ts-jest", { diagnostics: false, tsconfig }] satisfies [string, object],
  },
});

const shared = {
  target: "es2022",
  module: "commonjs",
  moduleResolution: "bundler",
  esModuleInterop: true,
  isolatedModules: true,
  resolveJsonModule: true,
};

export const standard = {
  ...project("standard", shared),
  testMatch: ["<rootDir>/spec/**/*.spec.ts"],
  testPathIgnorePatterns: ["<rootDir>/spec/legacy/", "<rootDir>/spec/frameworks/", "/node_modules/"],
};

const config: Config = {
  // Specs wait for servers, processes and collections of garbage, on machines that may be busy with something else.
  testTimeout: 60_000,
  // Many specs wait for processes, servers and timers: more workers than cores keep the cores busy.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  projects: [
    standard,
    {
      ...project("legacy", { ...shared, experimentalDecorators: true, emitDecoratorMetadata: true }),
      testMatch: ["<rootDir>/spec/legacy/**/*.spec.ts"],
    },
  ],
};

export default config;
