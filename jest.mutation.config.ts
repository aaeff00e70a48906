/** @jest-config-loader esbuild-register */
import type { Config } from "jest";
import config from "./jest.config.js";

// Stryker takes one project at a time; specs that start processes, install packages or compare many runs say nothing
// that the others do not, and would take hours.
const [standard] = config.projects as Config[];

export default {
  ...standard,
  testPathIgnorePatterns: [
    "<rootDir>/spec/legacy/",
    "<rootDir>/spec/frameworks/",
    "<rootDir>/spec/samples/",
    "<rootDir>/spec/package/",
    "<rootDir>/spec/docs/",
    "/node_modules/",
  ],
} satisfies Config;
