import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Diagnosis, Finding } from "../../../lib/cli/doctor/finding.js";
import { SDK_VERSION } from "../../../lib/wire/package.js";
import type { Files } from "../../../scripts/projects/installation.js";
import { json, write } from "../../../scripts/projects/installation.js";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";
import { OTLPReceiver, status } from "../../harness/index.js";
import { BuiltCommand } from "../built-command.js";
import { ProgramFolder } from "../program-folder.js";
import { runHere } from "../run-here.js";

const KEY = "respan-key-of-a-program-1234";
const ROOT = join(__dirname, "../../..");
const TSCONFIG = (compilerOptions: object): Files => ({ "tsconfig.json": json({ compilerOptions }) });
const DECORATED = { "src/desk.ts": 'export class Desk {\n  @Workflow("a")\n  work() {}\n}\n' };

describe("respan-instructor doctor", () => {
  let command: BuiltCommand;
  let receiver: OTLPReceiver;
  beforeAll(async () => {
    command = new BuiltCommand();
    receiver = await OTLPReceiver.start();
  });
  afterAll(async () => {
    await receiver.close();
    command[Symbol.dispose]();
  });
  beforeEach(() => receiver.clear());

  const program = (manifest: object = {}, files: Files = {}, peers?: readonly string[]) =>
    new ProgramFolder(command, manifest, files, peers);

  /** A program in which no call can be tried, so that it is diagnosed at once. */
  const withoutPeers = (files: Files = {}) => program({}, files, []);

  async function diagnose(
    folder: { readonly path: string },
    env: Record<string, string | undefined> = {},
    args: readonly string[] = [],
  ): Promise<Diagnosis & { readonly code: number | null }> {
    const own = { RESPAN_API_KEY: KEY, RESPAN_BASE_URL: receiver.url, ...env };
    const { stdout, stderr, code } = await runHere(["doctor", "--json", ...args], own, folder.path);
    expect(stderr).toBe("");
    expect(stdout).not.toContain(KEY);
    return { ...(JSON.parse(stdout) as Diagnosis), code };
  }

  const problems = ({ findings }: Diagnosis): Finding[] => findings.filter(({ level }) => level === "problem");

  it.each(["module", "commonjs"])("finds nothing to do in a program that has all it needs (%s)", async (type) => {
    using folder = program({ type });
    const { findings, ok, code, version } = await diagnose(folder);
    expect(findings.filter(({ level }) => level === "problem" || level === "warning")).toEqual([]);
    expect({ ok, code, version }).toEqual({ ok: true, code: 0, version: SDK_VERSION });
    const messages = findings.map(({ message }) => message);
    expect(messages).toEqual(
      expect.arrayContaining([
        "RESPAN_API_KEY is …1234 (28 characters)",
        `Node ${process.versions.node}`,
        `respan-instructor ${SDK_VERSION}`,
        expect.stringMatching(/^@instructor-ai\/instructor 1\./),
        expect.stringMatching(/^zod 3\./),
        "activate() finds the program's Instructor: a structured call became a span",
        "no other OpenTelemetry SDK is registered",
        `${receiver.url}/v2/traces answers (200)`,
      ]),
    );
    expect(receiver.spans).toEqual([]);
    expect(receiver.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("writes for a reader, each finding with what to do, and without colour", async () => {
    using folder = program();
    const { stdout, code } = await runHere(["doctor"], { RESPAN_APIKEY: KEY }, folder.path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}RESPAN_BASE_URL +https:\/\/api\.respan\.ai\/api +default$/m);
    expect(stdout).toMatch(/^ {2}problem {2}RESPAN_API_KEY is not set: every span is dropped\n +→ set RESPAN_API_KEY/m);
    expect(stdout).toMatch(/^ {2}warning {2}unknown variable RESPAN_APIKEY\n +→ rename it to RESPAN_API_KEY$/m);
    expect(stdout).toMatch(/\d problems?: spans are lost\.\n$/);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain(KEY);
  });

  it("lists the limits as they resolve, and what is wrong with one", async () => {
    using folder = withoutPeers();
    const { settings } = await diagnose(folder, { RESPAN_LIMIT_ITEMS: "7" });
    expect(settings.filter(({ option }) => option.startsWith("limits."))).toEqual([
      {
        option: "limits.payloadBytes",
        variable: "RESPAN_LIMIT_PAYLOAD_BYTES",
        value: "65536 for messages and results of structured calls, 16384 elsewhere",
        from: "default",
      },
      { option: "limits.items", variable: "RESPAN_LIMIT_ITEMS", value: "7", from: "environment" },
      { option: "limits.depth", variable: "RESPAN_LIMIT_DEPTH", value: "8", from: "default" },
    ]);
    const wrong = await diagnose(folder, { RESPAN_LIMIT_PAYLOAD_BYTES: "64kb" });
    expect(problems(wrong)[0]).toMatchObject({
      message: expect.stringContaining("RESPAN_LIMIT_PAYLOAD_BYTES must be a whole number from 1024 to 524288"),
      fix: "correct RESPAN_LIMIT_PAYLOAD_BYTES, or unset it",
    });
  });

  it("sends a span with --send, and reports that the server accepted it", async () => {
    using folder = program({ type: "module" });
    const { findings, code } = await diagnose(folder, {}, ["--send"]);
    expect(findings.at(-1)).toMatchObject({ level: "ok", message: expect.stringContaining("the server accepted it") });
    expect(code).toBe(0);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["respan_instructor_doctor.workflow"]);
  });

  it("reports what a server that refuses answered", async () => {
    using folder = program();
    receiver.respondAlways(status(401));
    const { findings, code } = await diagnose(folder, {}, ["--send"]);
    receiver.respondAlways(status(200));
    expect(findings.filter(({ check }) => check === "endpoint").map(({ message }) => message)).toEqual([
      `${receiver.url}/v2/traces refuses the key (401)`,
      expect.stringContaining("refused the API key (401)"),
    ]);
    expect(code).toBe(1);
  });

  it.each<[string, Record<string, string | undefined>, RegExp, RegExp]>([
    [
      "a key is missing",
      { RESPAN_API_KEY: undefined, RESPAN_BASE_URL: undefined },
      /every span is dropped/,
      /set RESPAN_API_KEY/,
    ],
    [
      "a variable is wrong",
      { RESPAN_BASE_URL: "ftp://x" },
      /RESPAN_BASE_URL must be an http\(s\) URL/,
      /correct RESPAN_BASE_URL/,
    ],
    [
      "telemetry is off",
      { RESPAN_ENABLED: "false" },
      /RESPAN_ENABLED=false turns telemetry off/,
      /unset RESPAN_ENABLED/,
    ],
    ["OpenTelemetry is off", { OTEL_SDK_DISABLED: "true" }, /OTEL_SDK_DISABLED=true/, /unset OTEL_SDK_DISABLED/],
    ["nothing listens", { RESPAN_BASE_URL: "http://127.0.0.1:1" }, /cannot be reached/, /check RESPAN_BASE_URL/],
  ])("answers 1 where %s", async (_what, env, message, fix) => {
    using folder = program();
    const diagnosis = await diagnose(folder, env);
    expect(diagnosis).toMatchObject({ code: 1, ok: false });
    const found = problems(diagnosis).find((finding) => message.test(finding.message));
    expect(found?.fix).toMatch(fix);
  });

  it("finds the key in a file that the program does not load, and reads that file with --env-file", async () => {
    using folder = withoutPeers({ ".env": `RESPAN_API_KEY=${KEY}\n` });
    const env = { RESPAN_API_KEY: undefined, RESPAN_BASE_URL: undefined };
    const { findings } = await diagnose(folder, env);
    expect(findings[0]?.fix).toContain("node --env-file=.env");
    const withFile = await diagnose(folder, env, ["--env-file", ".env"]);
    expect(withFile.findings[0]?.message).toBe("RESPAN_API_KEY is …1234 (28 characters)");
  });

  it("says which package is missing, and which version does not fit", async () => {
    using folder = program({}, {}, ["zod", "@opentelemetry/api"]);
    write(join(folder.path, "node_modules/openai"), { "package.json": json({ name: "openai", version: "3.0.0" }) });
    const { findings } = await diagnose(folder);
    expect(findings).toContainEqual({
      check: "packages",
      level: "problem",
      message: expect.stringMatching(/^openai 3\.0\.0 does not fit /),
      fix: expect.stringMatching(/^install openai@"/),
    });
    expect(findings).toContainEqual({
      check: "packages",
      level: "warning",
      message: "@instructor-ai/instructor is not installed",
      fix: expect.stringMatching(/^install @instructor-ai\/instructor@"/),
    });
  });

  it("finds that the program uses another copy of Instructor", async () => {
    using folder = program({ type: "module" }, {}, ["openai", "zod", "@opentelemetry/api"]);
    const copy = join(folder.path, "node_modules/@instructor-ai/instructor");
    cpSync(join(ROOT, "node_modules/@instructor-ai/instructor"), copy, { recursive: true });
    for (const name of ["zod-stream", "zod-validation-error", "zod-to-json-schema"])
      folder.link(name, join(ROOT, "node_modules", name));
    const diagnosis = await diagnose(folder);
    expect(diagnosis.findings).toContainEqual(
      expect.objectContaining({ level: "warning", message: expect.stringContaining("two copies") }),
    );
    expect(problems(diagnosis)).toEqual([
      expect.objectContaining({ check: "instructor", message: expect.stringContaining("does not reach") }),
    ]);
  });

  it("says that this package is not installed", async () => {
    using alone = new TemporaryFolder();
    write(alone.path, { "package.json": json({ name: "alone" }) });
    const { findings, code } = await diagnose(alone);
    expect(code).toBe(1);
    expect(findings).toContainEqual({
      check: "packages",
      level: "problem",
      message: `respan-instructor is not installed in ${alone.path}`,
      fix: "run `npx respan-instructor setup` there",
    });
  });

  const REGISTERS = `
    const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
    new NodeTracerProvider().register();`;

  it("names another SDK that holds the globals", async () => {
    using folder = program({}, { "other.cjs": REGISTERS });
    folder.link("@opentelemetry/sdk-trace-node", join(ROOT, "node_modules/@opentelemetry/sdk-trace-node"));
    const { findings, code } = await diagnose(folder, { NODE_OPTIONS: "--require ./other.cjs" });
    expect(findings).toContainEqual({
      check: "opentelemetry",
      level: "note",
      message: expect.stringMatching(/^another OpenTelemetry SDK is registered \(\w*Provider\)/),
      fix: expect.stringContaining("RespanSpanProcessor"),
    });
    expect(code).toBe(0);
  });

  it("finds that another tool has replaced OpenTelemetry's SDK", async () => {
    const replaces = `
      const api = require("@opentelemetry/api");
      const sdk = require("@opentelemetry/sdk-trace-node");
      class Provider { getTracer() { return { startSpan: () => api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT) }; } }
      const path = require.resolve("@opentelemetry/sdk-trace-node");
      require.cache[path].exports = { ...sdk, NodeTracerProvider: Provider };`;
    using folder = program({}, { "other.cjs": replaces });
    folder.link("@opentelemetry/sdk-trace-node", join(ROOT, "node_modules/@opentelemetry/sdk-trace-node"));
    const diagnosis = await diagnose(folder, { NODE_OPTIONS: "--require ./other.cjs" });
    expect(problems(diagnosis)).toContainEqual(
      expect.objectContaining({
        check: "opentelemetry",
        message: expect.stringContaining("another tool replaces OpenTelemetry's tracer provider"),
      }),
    );
    expect(diagnosis.code).toBe(1);
  });

  it.each<[string, string, string]>([
    [
      "constructs telemetry",
      'const { RespanTelemetry } = require("respan-instructor");\nnew RespanTelemetry();\nconsole.log("ready");',
      "ok",
    ],
    ["does not construct it", "exports.nothing = 1;", "problem"],
  ])("loads the program's own module first, which %s", async (_what, text, level) => {
    using folder = program({}, { "tracing.cjs": text });
    const { findings } = await diagnose(folder, {}, ["--import", "./tracing.cjs"]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        level,
        message: expect.stringMatching(/^\.\/tracing\.cjs (constructs|does not construct)/),
      }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ level: "ok", message: expect.stringContaining("activate() finds") }),
    );
  });

  it("reports the decorator mode of the nearest tsconfig.json, and what the runner makes of it", async () => {
    using folder = program(
      { scripts: { start: "node src/main.ts", build: "tsc -p ." } },
      { ...TSCONFIG({ target: "ES2022" }), ...DECORATED },
    );
    const diagnosis = await diagnose(folder);
    expect(diagnosis.findings).toContainEqual({
      check: "decorators",
      level: "ok",
      message: "tsconfig.json asks for standard decorators, target es2022",
    });
    expect(diagnosis.findings).toContainEqual({ check: "decorators", level: "ok", message: "tsc compiles them" });
    expect(problems(diagnosis)).toEqual([
      expect.objectContaining({
        message:
          "Node's type stripping only removes types: a decorator is a syntax error to it; src/desk.ts has decorators",
      }),
    ]);
    expect(diagnosis.code).toBe(1);
  });

  it("follows what a tsconfig.json extends", async () => {
    using folder = program(
      { scripts: { start: "tsx src/main.ts" } },
      {
        "base.json": json({ compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } }),
        "tsconfig.json": '// with a comment\n{ "extends": "./base.json", }',
        ...DECORATED,
      },
    );
    const { findings, code } = await diagnose(folder);
    expect(findings.filter(({ check }) => check === "decorators").map(({ message }) => message)).toEqual([
      "tsconfig.json asks for legacy decorators (experimentalDecorators)",
      "tsx compiles them",
      "tsx does not emit decorator metadata (emitDecoratorMetadata)",
    ]);
    expect(code).toBe(0);
  });
});
