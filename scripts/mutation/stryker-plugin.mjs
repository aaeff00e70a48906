import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Milliseconds that a test may take with a mutant: some times what it took without, on a machine that is busy. */
const timeoutOf = (time) => 5 * time + 4_000;
const WITHOUT_MUTANT = undefined;
const NOT_SAMPLED = "not in the sample";

/** Mutants are numbered in the order of the files, so that every nth is spread evenly over a room. */
const isSampled = ({ every, from }, { id }) => Number(id) % every === from;

/**
 * Runs specs in this process, without jest's own: a mutant takes milliseconds instead of seconds.
 *
 * - Each spec file, and all of `lib`, is evaluated again for each mutant, so that what happens while a module loads is
 *   mutated too; only packages stay loaded. No mutant needs to be left out because it is static.
 * - What runs outside of tests (loading, hooks) is covered by the file: its mutants are run against the whole file.
 * - A kill counts only when the same test passes without the mutant and fails with it once more; where it does not, an
 *   earlier mutant has spoilt the process, and Stryker tries this one again in a new one.
 */
class SpecTestRunner {
  #root = process.cwd();
  #context = (globalThis.__stryker__ ??= {});
  #run;
  #times;
  #isNew = true;
  #isSpoilt = false;
  #options;
  #leftOut;

  constructor({ specs }) {
    this.#options = specs;
    this.#leftOut = specs.leftOut.map((source) => new RegExp(source));
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    // From the sandbox, where the project's files are the mutated ones.
    const { listen, runSpecFile } = await import("./spec-run.mjs");
    listen();
    this.#run = (file, options) => runSpecFile(this.#root, join(this.#root, file), options);
  }

  async dryRun({ testFiles }) {
    const context = this.#context;
    const perTest = {};
    context.mutantCoverage = { static: {}, perTest };
    const tests = [];
    const times = {};
    for (const file of testFiles.map((path) => relative(this.#root, path))) {
      const phase = (name) => (context.currentTestId = name === undefined ? file : `${file} ${name}`);
      const wanted = (name) => !this.#leftOut.some((pattern) => pattern.test(name));
      const { error, results, time } = await this.#run(file, { phase, wanted });
      context.currentTestId = undefined;
      if (error !== undefined) return { status: "error", errorMessage: `${file}: ${messageOf(error)}` };
      times[file] = { whole: time, tests: {} };
      for (const test of results) {
        times[file].tests[test.name] = test.time;
        tests.push(resultOf(`${file} ${test.name}`, join(this.#root, file), test));
      }
      // Running the file runs its tests: Stryker derives its timeout from this.
      tests.push({ id: file, name: file, fileName: join(this.#root, file), timeSpentMs: time, status: 0 });
    }
    writeFileSync(this.#timesFile, JSON.stringify(times));
    return { status: "complete", tests, mutantCoverage: context.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    if (!isSampled(this.#options, activeMutant)) return { status: "error", errorMessage: NOT_SAMPLED };
    if (this.#isSpoilt) throw new Error("an earlier mutant has spoilt this process");
    const isNew = this.#isNew;
    this.#isNew = false;
    this.#times ??= JSON.parse(readFileSync(this.#timesFile, "utf8"));
    const context = this.#context;
    // Stryker allows a hundred times what all tests did; a loop without an end would take minutes to get there.
    context.hitLimit = hitLimit === undefined ? undefined : hitLimit / 10 + 10_000;
    context.hitCount = hitLimit === undefined ? undefined : 0;
    let nrOfTests = 0;
    for (const { file, wanted } of this.#plan(testFilter)) {
      const first = await this.#runWith(activeMutant.id, file, wanted);
      if (context.hitCount > context.hitLimit) return { status: "timeout", reason: "Hit limit reached" };
      nrOfTests += first.results.length;
      const failure = failureOf(first);
      if (failure === undefined) continue;
      if (!(await this.#isConfirmed(activeMutant.id, file, failure))) {
        this.#isSpoilt = true;
        // A new process has nothing from earlier mutants: what fails there fails by this one.
        if (!isNew) throw new Error("an earlier mutant has spoilt this process");
      }
      if (failure.isTimeout) return { status: "timeout", reason: failure.message };
      const killedBy = failure.name === undefined ? file : `${file} ${failure.name}`;
      return { status: "killed", killedBy: [killedBy], failureMessage: failure.message, nrOfTests };
    }
    return { status: "survived", nrOfTests };
  }

  get #timesFile() {
    return join(this.#root, ".spec-times.json");
  }

  /** The quickest files first: most mutants need no more than one. */
  #plan(testFilter) {
    const plan = [];
    const chosen = new Set(testFilter ?? Object.keys(this.#times));
    for (const [file, { whole, tests }] of Object.entries(this.#times)) {
      if (chosen.has(file)) plan.push({ file, wanted: (name) => name in tests, time: whole });
      else {
        const names = new Set(Object.keys(tests).filter((name) => chosen.has(`${file} ${name}`)));
        if (names.size === 0) continue;
        let time = 0;
        for (const name of names) time += tests[name];
        plan.push({ file, wanted: (name) => names.has(name), time });
      }
    }
    return plan.sort((a, b) => a.time - b.time);
  }

  async #runWith(mutant, file, wanted) {
    const times = this.#times[file];
    this.#context.activeMutant = mutant;
    try {
      const timeout = (name) => timeoutOf(name === undefined ? times.whole : (times.tests[name] ?? 0));
      return await this.#run(file, { wanted, timeout, stops: true });
    } finally {
      this.#context.activeMutant = undefined;
    }
  }

  async #isConfirmed(mutant, file, { name, isTimeout }) {
    const wanted = (other) => name === undefined || other === name;
    if (failureOf(await this.#runWith(WITHOUT_MUTANT, file, wanted)) !== undefined) return false;
    return isTimeout || failureOf(await this.#runWith(mutant, file, wanted)) !== undefined;
  }
}

function failureOf({ error, results }) {
  const failed = results.find(({ errors }) => errors.length > 0);
  if (failed !== undefined) {
    const message = messageOf(failed.errors[0]);
    return { name: failed.name, message, isTimeout: message.includes("Exceeded timeout of") };
  }
  return error === undefined ? undefined : { name: undefined, message: messageOf(error), isTimeout: false };
}

function resultOf(id, fileName, { name, time, errors }) {
  const result = { id, name, fileName, timeSpentMs: time };
  if (errors.length === 0) return { ...result, status: 0 };
  return { ...result, status: 1, failureMessage: messageOf(errors[0]) };
}

/** jest-circus keeps what was thrown beside where the test was declared. */
function messageOf(thrown) {
  const error = Array.isArray(thrown) ? (thrown[0] ?? thrown[1]) : thrown;
  return String(error?.stack ?? error).slice(0, 2_000);
}

/** Writes down each result as it comes: a run that was interrupted has said something too. */
class LinesReporter {
  #options;

  constructor({ specs }) {
    this.#options = { ...specs, report: resolve(specs.report) };
  }

  onMutantTested(result) {
    const { id, fileName, location, mutatorName, replacement, status, statusReason, killedBy } = result;
    const said = isSampled(this.#options, result) ? status : "NotSampled";
    const { line, column } = location.start;
    const at = `${relative(process.cwd(), fileName)}:${line}:${column}`;
    const shown = { id, at, end: location.end, mutatorName, replacement, status: said, statusReason, killedBy };
    appendFileSync(this.#options.report, `${JSON.stringify(shown)}\n`);
  }
}

const fromOptions = (Made) => Object.assign((options) => new Made(options), { inject: ["options"] });

export const strykerPlugins = [
  { kind: "TestRunner", name: "specs", factory: fromOptions(SpecTestRunner) },
  { kind: "Reporter", name: "lines", factory: fromOptions(LinesReporter) },
];

export const strykerValidationSchema = { properties: { specs: { type: "object" } } };
