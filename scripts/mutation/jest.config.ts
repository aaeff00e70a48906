/** @jest-config-loader esbuild-register */
import type { Config } from "jest";
import { standard } from "../../jest.config";

const folders = JSON.parse(process.env.MUTATION_SPECS ?? "[]") as string[];

/** `npm run mutation`: the specs that main.mjs chose, in one project. */
const config: Config = {
  ...standard,
  rootDir: "../..",
  testTimeout: 60_000,
  testMatch: folders.map((folder) => `<rootDir>/${folder}${folder.endsWith(".ts") ? "" : "/**/*.spec.ts"}`),
  testSequencer: "<rootDir>/scripts/mutation/covering-specs.cjs",
};

export default config;
