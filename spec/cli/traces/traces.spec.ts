import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ATTEMPT_EVENT,
  ATTEMPT_ISSUES,
  ATTEMPT_OUTCOME,
  ENTITY_OUTPUT,
  WORKFLOW_NAME,
} from "../../../lib/wire/attributes.js";
import type { TraceDetail, TraceList, TraceSummary } from "../../../lib/viewer/api.js";
import { Segments } from "../../../lib/viewer/store/segments.js";
import type { ReceivedSpan } from "../../../lib/viewer/otlp/spans.js";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";
import { received } from "../../viewer/spans.js";
import { RunningServer } from "../../viewer/viewer-server.js";
import { runHere } from "../run-here.js";

const ID = "1".padStart(32, "0");
const ROOT_SPAN = "a".padStart(16, "0");

const attempt = (outcome: string, issues: object[] = []) => ({
  name: ATTEMPT_EVENT,
  time: 1_000,
  attributes: { [ATTEMPT_OUTCOME]: outcome, [ATTEMPT_ISSUES]: JSON.stringify(issues) },
});

/** An extraction that took two attempts, and an older trace that failed. */
const SPANS: readonly ReceivedSpan[] = [
  received("1", "a", { name: "support.workflow", startTime: 5_000, attributes: { [WORKFLOW_NAME]: "support" } }),
  received("1", "b", {
    name: "instructor.create",
    parentSpanId: ROOT_SPAN,
    startTime: 5_001,
    attributes: { [WORKFLOW_NAME]: "support", [ENTITY_OUTPUT]: '{"customer":"ACME"}' },
    events: [attempt("validation_error", [{ path: ["priority"], message: "Invalid enum value" }]), attempt("success")],
  }),
  received("2", "c", {
    name: "billing.workflow",
    startTime: 4_000,
    attributes: { [WORKFLOW_NAME]: "billing" },
    status: { code: "error", message: "no \u001b[31mcredit" },
  }),
];

describe("respan-instructor traces", () => {
  const folder = new TemporaryFolder();
  const store = join(folder.path, "store");
  let server: RunningServer;

  beforeAll(async () => {
    server = await RunningServer.start();
    server.store.add(SPANS);
    const segments = new Segments(store);
    segments.append(SPANS);
    segments.close();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const traces = (...args: string[]) => runHere(["traces", ...args], { RESPAN_BASE_URL: `http://${server.host}/api` });

  describe.each<[string, () => string[]]>([
    ["a running dev", () => []],
    ["a dev by its address", () => ["--url", `http://${server.host}/`]],
    ["a folder", () => ["--store", store]],
  ])("reads %s, and", (_what, source) => {
    it("lists the newest first", async () => {
      const { stdout, stderr, code } = await traces("list", ...source());
      expect(stderr).toBe("");
      expect(code).toBe(0);
      const [head, first, second, end] = stdout.split("\n");
      expect(head).toMatch(/^TRACE +STARTED +DURATION +STATUS +SPANS +ATTEMPTS +TOKENS +NAME$/);
      expect(first).toMatch(/^0{31}1 .* ok .* support$/);
      expect(second).toMatch(/^0{31}2 .* error .* billing$/);
      expect(end).toBe("");
    });

    it("lists those that a filter leaves, as JSON", async () => {
      const { stdout } = await traces("list", ...source(), "--status", "error", "--json");
      const { traces: found, matching, total } = JSON.parse(stdout) as TraceList;
      expect(found.map(({ workflow }) => workflow)).toEqual(["billing"]);
      expect({ matching, total }).toEqual({ matching: 1, total: 2 });
    });

    it("shows a trace as JSON", async () => {
      const { stdout } = await traces("show", ID, ...source(), "--json");
      const { spans } = JSON.parse(stdout) as TraceDetail;
      expect(spans).toEqual(SPANS.slice(0, 2).map(({ span }) => span));
    });

    it("finds what is expected", async () => {
      const expected = ["--expect-workflow", "support", "--expect-span", "instructor.create", "--max-errors", "1"];
      const { stdout, stderr, code } = await traces("assert", ...source(), ...expected);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^As expected: 2 traces, 1 error (at|in) /);
      expect(code).toBe(0);
    });

    it("prints the id of a trace that was waited for", async () => {
      const { stdout, code } = await traces("wait", "--name", "instructor.create", ...source());
      expect(stdout).toBe(`${ID}\n`);
      expect(code).toBe(0);
    });
  });

  it("says how many more there are", async () => {
    const { stdout } = await traces("list", "--limit", "1");
    expect(stdout).toContain("1 more trace: raise --limit.\n");
    expect(stdout).not.toContain("billing");
  });

  it("shows a trace as a tree, with what failed on the way", async () => {
    const { stdout } = await traces("show", "latest");
    const [title, ...lines] = stdout.split("\n");
    expect(title).toBe("support  ok  11 ms  2 spans  – tokens");
    expect(lines).toEqual([
      `trace ${ID}`,
      "service desk",
      "",
      "support.workflow  10 ms",
      "  instructor.create  10 ms",
      "      attempt 1  validation error  priority: Invalid enum value",
      "      attempt 2  success",
      "",
    ]);
    expect((await traces("show", "latest", "--content")).stdout).toContain('      output  {"customer":"ACME"}\n');
  });

  it("lets no text of a trace command the terminal, and colours nothing without one", async () => {
    const { stdout } = await traces("show", "2".padStart(32, "0"));
    expect(stdout).toContain("billing.workflow  10 ms  error\n    no  [31mcredit\n");
    const everything = [stdout, (await traces("list")).stdout, (await traces("assert", "--max-errors", "0")).stderr];
    expect(everything.join("")).not.toContain("\u001b");
  });

  it.each<[string, string[], string]>([
    [
      "a workflow",
      ["--expect-workflow", "shipping"],
      'No trace of the workflow "shipping"; there are: support, billing.',
    ],
    ["a span", ["--expect-span", "instructor.embed"], 'No span named "instructor.embed".'],
    [
      "a span of another workflow",
      ["--expect-workflow", "billing", "--expect-span", "instructor.create"],
      'No span named "instructor.create" in a trace of "billing".',
    ],
    ["a span that only a text names", ["--expect-span", "ACME"], 'No span named "ACME".'],
    ["few errors", ["--max-errors", "0"], `1 span failed, 0 may: see the traces ${"2".padStart(32, "0")}.`],
    ["any trace", ["--workflow", "shipping", "--max-errors", "0"], "There is no trace to check."],
  ])("answers 1 where the traces lack %s", async (_what, args, message) => {
    const { stdout, stderr, code } = await traces("assert", ...args);
    expect(code).toBe(1);
    expect(stderr.split("\n")[0]).toBe(message);
    expect(stdout).toBe("");
    const json = await traces("assert", ...args, "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, missing: [message] });
  });

  it.each<[string, () => string[]]>([
    ["a running dev", () => []],
    ["a folder", () => ["--store", store]],
  ])("writes out the calls of %s that had to be corrected", async (_what, source) => {
    const { stdout, stderr, code } = await traces("export", ...source());
    expect({ stderr, code }).toEqual({ stderr: "1 call that failed or needed a correction.\n", code: 0 });
    const rows = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([{ traceId: ID, outcome: "corrected", result: { customer: "ACME" } }]);
  });

  it("writes Vitest cases to a file", async () => {
    const output = join(folder.path, "extractions.spec.ts");
    const { stdout, code } = await traces("export", "--format", "vitest", "--output", output);
    expect({ stdout, code }).toEqual({ stdout: "", code: 0 });
    expect(readFileSync(output, "utf8")).toContain('from "vitest"');
    const none = await traces("export", "--workflow", "billing");
    expect(none).toMatchObject({ stdout: "", stderr: "0 calls that failed or needed a correction.\n" });
  });

  it("checks the traces that a filter leaves", async () => {
    expect((await traces("assert", "--workflow", "support", "--max-errors", "0")).code).toBe(0);
  });

  it("waits for a trace that comes later, with its root", async () => {
    await using later = await RunningServer.start();
    const env = { RESPAN_BASE_URL: `http://${later.host}` };
    later.store.add([received("7", "1", { name: "late.workflow" })]);
    const waiting = runHere(["traces", "wait", "--name", "late.workflow", "--new", "--json"], env);
    let id = 10;
    const coming = setInterval(() => later.store.add([received(String(id++), "2", { name: "late.workflow" })]), 300);
    const { stdout, code } = await waiting;
    clearInterval(coming);
    expect(code).toBe(0);
    const { traceId, name } = JSON.parse(stdout) as TraceSummary;
    expect(name).toBe("late.workflow");
    expect(Number(traceId)).toBeGreaterThanOrEqual(10);
  });

  it("answers 1 where none comes in time", async () => {
    const { stdout, stderr, code } = await traces("wait", "--name", "shipping", "--timeout", "0");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(`No trace named "shipping" came within 0 s; held at http://${server.host}: 2 traces.\n`);
    const passedOver = await traces("wait", "--name", "support", "--timeout", "0", "--new");
    expect(passedOver.code).toBe(1);
  });

  it("reads a server that asks for a token", async () => {
    await using closed = await RunningServer.start({ token: "secret-token" });
    const list = (...args: string[]) => runHere(["traces", "list", ...args]);
    const refused = await list("--url", `http://${closed.host}`);
    expect(refused.stderr).toBe(`The server at http://${closed.host} asks for its token: add --token.\n`);
    expect(refused.code).toBe(1);
    expect((await list("--url", `http://${closed.host}`, "--token", "secret-token")).code).toBe(0);
    expect((await list("--url", `http://${closed.host}/?token=secret-token`)).stdout).toContain("No traces at");
  });

  it.each<[string, () => string[], string]>([
    [
      "a server that is not there",
      () => ["list", "--url", "http://127.0.0.1:1"],
      "nothing answers at http://127.0.0.1:1",
    ],
    ["a folder that is not there", () => ["list", "--store", join(store, "none")], "here is no folder"],
    ["an address that is none", () => ["list", "--url", "here"], "--url is not an address"],
    ["two sources", () => ["list", "--url", "http://127.0.0.1:1", "--store", store], "cannot be given together"],
    ["a trace that is not there", () => ["show", "f".repeat(32)], "here is no trace fff"],
    ["an option that is not there", () => ["list", "--worflow", "a"], "Did you mean --workflow?"],
    ["a command that is not there", () => ["asert"], "Did you mean assert?"],
    ["a status that is none", () => ["list", "--status", "odd"], "Allowed choices are ok, error."],
    ["a number that is none", () => ["list", "--limit", "0"], "It must be a number from 1 to 10000."],
    ["a wait for nothing", () => ["wait"], "required option '--name <name>' not specified"],
  ])("refuses %s", async (_what, args, message) => {
    const { stdout, stderr, code } = await traces(...args());
    expect(code).toBe(1);
    expect(stderr.toLowerCase()).toContain(message.toLowerCase());
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
  });

  it.each([
    "dev",
    "traces",
    "traces list",
    "traces show",
    "traces wait",
    "traces assert",
    "traces export",
    "doctor",
    "setup",
  ])("helps with %s, examples first", async (name) => {
    const { stdout, code } = await runHere([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  \\$ npx respan-instructor ${name}`));
    expect(stdout).toContain("\nUsage: ");
  });
});
