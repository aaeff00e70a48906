import fastCheck from "fast-check";
import {
  addEventHandler,
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  getState,
  it,
  resetState,
  run,
} from "jest-circus";
import { expect } from "expect";
import { ModuleMocker } from "jest-mock";
import { SpecModules, withFreshPackages } from "./spec-modules.mjs";

const mocker = new ModuleMocker(globalThis);
Object.assign(globalThis, {
  ...{ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test: it },
  jest: {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    clearAllMocks: () => mocker.clearAllMocks(),
    // Each test has its time from the run without a mutant.
    setTimeout: () => undefined,
    isolateModules: withFreshPackages,
  },
});
// The same cases each time: a score that chance decides is no score.
fastCheck.configureGlobal({ seed: 20_251_124 });

const globalSymbols = new Set(Object.getOwnPropertySymbols(globalThis));
const environment = { ...process.env };
const consoleMethods = { ...console };

/** What a spec leaves in the process when a mutant keeps it from tidying up. */
function tidyUp() {
  mocker.restoreAllMocks();
  Object.assign(console, consoleMethods);
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (!globalSymbols.has(symbol) && !symbol.description?.startsWith("JEST"))
      Reflect.deleteProperty(globalThis, symbol);
  }
  for (const name of Object.keys(process.env)) {
    if (!(name in environment)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, environment);
}

function nameOf(test) {
  const names = [];
  for (let at = test; at.parent !== undefined; at = at.parent) names.unshift(at.name);
  return names.join(" ");
}

/** Leaves only the wanted tests in a block, and lists them. */
function keep(block, wanted, kept = []) {
  block.children = block.children.filter((child) => {
    if (child.type !== "test") return keep(child, wanted, kept).length > 0;
    if (wanted?.(nameOf(child)) === false) return false;
    return kept.push(child) > 0;
  });
  return kept;
}

const rejected = new Map();
let handlers = {};

addEventHandler(async (event) => {
  if (event.name === "test_start") handlers.onStart?.(event.test);
  if (event.name === "hook_start" && handlers.current === undefined) handlers.onHook?.();
  if (event.name === "test_done") {
    if (rejected.size > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      event.test.errors.push(...rejected.values());
      rejected.clear();
    }
    handlers.onDone?.(event.test);
  }
});

/** Listens for unhandled errors, as jest does: they fail the running test. */
export function listen() {
  for (const name of ["uncaughtException", "unhandledRejection", "rejectionHandled"]) process.removeAllListeners(name);
  process.on("unhandledRejection", (error, promise) => rejected.set(promise, error));
  process.on("rejectionHandled", (promise) => rejected.delete(promise));
  process.on("uncaughtException", (error) => {
    const { currentlyRunningTest, unhandledErrors } = getState();
    (currentlyRunningTest?.errors ?? unhandledErrors).push(error);
  });
}

/**
 * Reads one spec file again, with new modules of the project, and runs it.
 * `wanted(name)` chooses its tests, `timeout(name)` is in milliseconds, `phase(name | undefined)` hears what runs:
 * a test, or else what belongs to the file. With `stops`, the first failure is the last test.
 */
export async function runSpecFile(root, file, { wanted, timeout, phase, stops }) {
  resetState();
  rejected.clear();
  const started = performance.now();
  const results = [];
  phase?.(undefined);
  // Each declared test makes a stack, which is not read here.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    new SpecModules(root).load(file);
  } catch (error) {
    tidyUp();
    return { error, results, time: performance.now() - started };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { rootDescribeBlock } = getState();
  const all = keep(rootDescribeBlock, wanted);
  getState().testTimeout = Math.max(5_000, timeout?.(undefined) ?? 0);
  for (const test of all) {
    const name = nameOf(test);
    const time = timeout?.(name);
    test.timeout = time ?? Math.max(test.timeout ?? 0, 30_000);
  }
  handlers = {
    onStart: (test) => phase?.(nameOf(test)),
    onDone(test) {
      phase?.(undefined);
      results.push({ name: nameOf(test), time: test.duration ?? 0, errors: test.errors });
      if (stops && test.errors.length > 0) for (const other of all) other.mode = "skip";
    },
  };
  const { unhandledErrors } = await run();
  tidyUp();
  const error = unhandledErrors.length > 0 ? new Error(unhandledErrors.join("\n")) : undefined;
  return { error, results, time: performance.now() - started };
}
