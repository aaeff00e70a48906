import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { run } from "../../scripts/projects/run.js";
import type { Finished } from "../../scripts/projects/run.js";
import { BuiltCommand } from "../cli/built-command.js";
import { ProgramFolder } from "../cli/program-folder.js";
import { GUIDE_OBJECTS, hang, httpError, OpenAIServer, OTLPReceiver, status, toolCall } from "../harness/index.js";
import { textOf } from "./pages.js";

/** Where a symptom's program runs. */
interface World {
  readonly openai: OpenAIServer;
  readonly receiver: OTLPReceiver;
  /** Runs a program with the usual imports and returns what it printed. */
  program(code: string, env?: Record<string, string | undefined>): Promise<Finished>;
}

const HEAD = `import { bindToScope, createTracedInstructor, RespanTelemetry, withTask, withWorkflow } from "respan-instructor";
import { captureSpans } from "respan-instructor/testing";

const print = (value) => console.log(JSON.stringify(value));
`;
/** For the programs that call a model. */
const CALLS = `import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import * as zod4 from "zod/v4";

const call = (client, schema = z.object({ customer: z.string() })) =>
  client.chat.completions.create({
    model: "gpt-4o-mini",
    max_retries: 0,
    response_model: { schema, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME cannot log in." }],
  });
const openai = new OpenAI({ maxRetries: 0 });
const traced = () => createTracedInstructor({ client: openai, mode: "TOOLS" });
`;

const NO_KEY = { RESPAN_API_KEY: undefined, RESPAN_BASE_URL: undefined };
const COUNTS = "print(await telemetry.flush());";
const oneSpan = (options = ""): string => `const telemetry = new RespanTelemetry({ ${options} });
withTask({ name: "work" }, () => 1);
`;
const ONE_SPAN = oneSpan();
/** For a receiver that never answers. */
const ONE_IMPATIENT_SPAN = oneSpan("flushTimeoutMillis: 500");

const counts = ({ stdout }: Finished): unknown => JSON.parse(stdout);
const captured = ({ stdout }: Finished): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

/** Reproduces each symptom of the page, by the text of its row. */
const SYMPTOMS: Record<string, (world: World) => Promise<void>> = {
  "`no API key` on stderr": async ({ program }) => {
    const { stderr } = await program(`new RespanTelemetry();`, NO_KEY);
    expect(stderr).toContain("no API key");
  },
  "`refused the API key (401)` on stderr": async ({ program, receiver }) => {
    receiver.respondAlways(status(401));
    const { stderr } = await program(ONE_SPAN + COUNTS);
    expect(stderr).toContain("refused the API key (401)");
  },
  "`could not be reached (ECONNREFUSED)` on stderr": async ({ program }) => {
    const { stderr } = await program(ONE_IMPATIENT_SPAN + COUNTS, { RESPAN_BASE_URL: "http://127.0.0.1:1/api" });
    expect(stderr).toContain("could not be reached (ECONNREFUSED)");
  },
  "`does not accept traces at this address (404)` on stderr": async ({ program, receiver }) => {
    receiver.respondAlways(status(404));
    const { stderr } = await program(ONE_SPAN + COUNTS);
    expect(stderr).toContain("does not accept traces at this address (404)");
  },
  "`await flush() before process.exit()` on stderr": async ({ program }) => {
    const { stderr } = await program(`${ONE_SPAN}process.exit();`);
    expect(stderr).toContain("await flush() before process.exit()");
  },
  "`the model received an empty schema` on stderr": async ({ program }) => {
    const { stderr } = await program(`${CALLS}new RespanTelemetry();
      const client = Instructor({ client: openai, mode: "TOOLS" });
      await call(client, zod4.object({ customer: zod4.string() })).catch(() => undefined);`);
    expect(stderr).toContain("the model received an empty schema");
  },
  "`[Instructor:ERROR]` with your prompt on the console": async ({ program, openai }) => {
    openai.answerWith(() => httpError(400));
    const { stdout, stderr } = await program(`${CALLS}await call(traced()).catch(() => undefined);`);
    expect(stdout + stderr).toMatch(/\[Instructor:ERROR\][^]*ACME cannot log in/);
  },
  "`SyntaxError: Invalid or unexpected token` at a decorator": async ({ program }) => {
    const source = 'import { Task } from "respan-instructor";\nclass Desk { @Task() work() { return 1; } }\n';
    const decorated = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ESNext } }).outputText;
    const { stderr } = await program(`try { new Function(${JSON.stringify(decorated.replace(/^import.*$/m, ""))}); }
      catch (error) { console.error(String(error)); }`);
    expect(stderr).toContain("SyntaxError: Invalid or unexpected token");
  },
  "`flush()` gives only zeros": async ({ program }) => {
    const finished = await program(`const telemetry = new RespanTelemetry();
      (() => 1)();
      ${COUNTS}`);
    expect(counts(finished)).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  },
  "`flush()` gives `dropped`": async ({ program }) => {
    expect(counts(await program(ONE_SPAN + COUNTS, NO_KEY))).toMatchObject({ exported: 0, dropped: 1 });
  },
  "`flush()` gives `failed`": async ({ program, receiver }) => {
    receiver.respondAlways(status(400));
    expect(counts(await program(ONE_SPAN + COUNTS))).toMatchObject({ exported: 0, failed: 1 });
  },
  "`flush()` gives `pending`": async ({ program, receiver }) => {
    receiver.respondAlways(hang());
    expect(counts(await program(`${ONE_IMPATIENT_SPAN}${COUNTS} process.exit();`))).toMatchObject({
      exported: 0,
      pending: 1,
    });
  },
  "A call has no workflow around it": async ({ program }) => {
    const finished = await program(`${CALLS}const spans = captureSpans();
      const extract = () => call(traced());
      await extract();
      print({ names: spans.all.map(({ name }) => name) });`);
    expect(captured(finished)).toEqual({ names: ["instructor.create"] });
  },
  "A call is in a trace of its own": async ({ program }) => {
    const finished = await program(`const spans = captureSpans();
      const callbacks = [];
      setTimeout(() => callbacks.forEach((callback) => callback()), 20);
      const task = (name) => () => withTask({ name }, () => 1);
      withWorkflow({ name: "outer" }, () => callbacks.push(task("lost"), bindToScope(task("kept"))));
      await new Promise((resolve) => setTimeout(resolve, 60));
      print({ lost: spans.find("lost").parent ?? null, kept: spans.find("kept").parent !== undefined });`);
    expect(captured(finished)).toEqual({ lost: null, kept: true });
  },
  "A span has no input and no output": async ({ program }) => {
    const finished = await program(
      `const spans = captureSpans();
      withTask({ name: "work", traceContent: false }, () => "result");
      print({ output: spans.find("work").output ?? null });`,
    );
    expect(captured(finished)).toEqual({ output: null });
  },
  "`[redacted]` instead of a value": async ({ program }) => {
    const finished = await program(`const spans = captureSpans();
      withTask({ name: "work" }, () => ({ password: "swordfish" }));
      print(spans.find("work").output);`);
    expect(captured(finished)).toEqual({ password: "[redacted]" });
  },
  "`...[cut]` at the end of a text": async ({ program }) => {
    const finished = await program(`const spans = captureSpans({ limits: { payloadBytes: 1024 } });
      withTask({ name: "work" }, () => "x".repeat(5000));
      print({ output: spans.find("work").output });`);
    expect(captured(finished).output).toMatch(/x\.\.\.\[cut\]$/);
  },
  "`error.type` is `stream_truncated`": async ({ program, openai }) => {
    openai.answerWith(() => ({
      ...toolCall({ name: "SupportTicket", arguments: '{"customer": "AC' }),
      finishReason: null,
    }));
    const finished = await program(`${CALLS}const spans = captureSpans();
      const stream = traced().createPartial({
        model: "gpt-4o-mini",
        response_model: { schema: z.object({ customer: z.string() }), name: "SupportTicket" },
        messages: [{ role: "user", content: "ACME cannot log in." }],
      });
      try { for await (const partial of stream) void partial; } catch {}
      print({ type: spans.all[0].attributes["error.type"] });`);
    expect(captured(finished)).toEqual({ type: "stream_truncated" });
  },
};

/** The first cell of each row below the heading "By symptom". */
function rows(): string[] {
  const [, section = ""] = textOf("docs/troubleshooting.md").split("\n## By symptom\n");
  const cells = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| (.+?) +\|/gm)].map(([, cell = ""]) => cell);
  return cells.filter((cell) => !/^(-+|what you see)$/.test(cell));
}

describe("docs/troubleshooting.md", () => {
  let command: BuiltCommand;
  let folder: ProgramFolder;
  beforeAll(() => {
    command = new BuiltCommand();
    folder = new ProgramFolder(command);
  });
  afterAll(() => {
    folder[Symbol.dispose]();
    command[Symbol.dispose]();
  });

  it("lists exactly the symptoms that are reproduced here", () => {
    expect(rows().sort()).toEqual(Object.keys(SYMPTOMS).sort());
  });

  it.each(Object.entries(SYMPTOMS))("reproduces: %s", async (_, happen) => {
    await using openai = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
    await using receiver = await OTLPReceiver.start();
    const program: World["program"] = (code, env) => {
      writeFileSync(join(folder.path, "program.mjs"), `${HEAD}\n${code}\n`);
      const usual = {
        OPENAI_API_KEY: "sk-local",
        OPENAI_BASE_URL: openai.url,
        RESPAN_API_KEY: "key",
        RESPAN_BASE_URL: receiver.url,
      };
      return run(process.execPath, ["program.mjs"], { cwd: folder.path, env: { ...usual, ...env } });
    };
    await happen({ openai, receiver, program });
  });
});
