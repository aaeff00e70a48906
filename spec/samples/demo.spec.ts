import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TraceDetail } from "../../lib/viewer/api.js";
import { run } from "../../scripts/projects/run.js";
import { GUIDE_OBJECTS, OpenAIServer, OTLPReceiver } from "../harness/index.js";
import { BuiltSamples } from "./built-samples.js";

const ROOT = join(__dirname, "../..");

/** Runs a program of the samples as its script does. */
const start = (file: string, args: string[] = []) =>
  run(process.execPath, ["--import", "tsx", join("samples", file), ...args], { cwd: ROOT });

describe("the demo", () => {
  let samples: BuiltSamples;
  beforeAll(() => {
    samples = new BuiltSamples(["support-ticket"]);
  });
  afterAll(() => samples[Symbol.dispose]());

  it("runs the guide's example against what is embedded and prints result and trace", async () => {
    const { code, stdout, stderr } = await start("demo.ts");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [model, exported, , ...rest] = stdout.trimEnd().split("\n");
    expect(model).toMatch(/^model {3}embedded server at http:\/\/127\.0\.0\.1:\d+\/v1 \(OPENAI_API_KEY is not set\)$/);
    expect(exported).toMatch(
      /^export {2}embedded receiver at http:\/\/127\.0\.0\.1:\d+\/api \(RESPAN_API_KEY is not set\)$/,
    );
    expect(rest.slice(0, 5)).toEqual([
      "{",
      "  customer: 'ACME',",
      "  priority: 'high',",
      "  summary: 'Login failure before a security audit'",
      "}",
    ]);
    expect(rest.slice(5)).toEqual([
      "",
      expect.stringMatching(/^trace [0-9a-f]{32}$/),
      expect.stringMatching(/^support_ticket_extraction\.workflow {2}[\d.]+ m?s {2}unset$/),
      "│  customer  customer_123",
      "│  thread    ticket_thread_abc",
      "│  metadata  feature=support-ticket-extraction",
      expect.stringMatching(/^└─ instructor\.create {2}[\d.]+ m?s {2}ok$/),
      "      metadata  instructor_api=instructor.create  mode=TOOLS",
      "      model     gpt-4o-mini → gpt-4o-mini-2024-07-18",
      "      tokens    57 in + 21 out = 78",
    ]);
  });

  it("talks to OpenAI and exports to Respan where keys are set, and says so", async () => {
    await using openai = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
    await using respan = await OTLPReceiver.start();
    const { code, stdout } = await samples.run("support-ticket", {
      OPENAI_API_KEY: "sk-own",
      OPENAI_BASE_URL: openai.url,
      RESPAN_API_KEY: "own-key",
      RESPAN_BASE_URL: respan.url,
    });
    expect(code).toBe(0);
    expect(stdout).toContain(`model   OpenAI at ${openai.url}\nexport  Respan at ${respan.url}\n`);
    expect(openai.lastRequest.headers.authorization).toBe("Bearer sk-own");
    expect(respan.requests[0]?.headers.authorization).toBe("Bearer own-key");
    expect(respan.find("instructor.create")).toHaveLength(1);
    expect(stdout).toContain(`trace ${respan.spans[0]!.traceId}\nsupport_ticket_extraction.workflow`);
    expect(stdout).toContain("│  customer  customer_123");
    expect(stdout).toContain("└─ instructor.create");
  });

  it("shows the trace of a call that fails, and fails itself", async () => {
    await using openai = await OpenAIServer.start();
    const { code, stdout, stderr } = await samples.run("support-ticket", {
      OPENAI_API_KEY: "sk-own",
      OPENAI_BASE_URL: openai.url,
    });
    expect(code).toBe(1);
    expect(stderr).toContain("no answer is scripted for this request");
    expect(stdout).toMatch(/└─ instructor\.create {2}[\d.]+ m?s {2}error: 500 no answer is scripted/);
  });
});

describe("npm run sample", () => {
  it("runs a sample by its name", async () => {
    const { code, stdout } = await start("run.ts", ["support-ticket"]);
    expect(code).toBe(0);
    expect(stdout).toContain("support_ticket_extraction.workflow");
  });

  it("says which samples there are", async () => {
    const { code, stdout, stderr } = await start("run.ts", ["unknown"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^there is no sample unknown\nusage: npm run sample NAME\n(.*\n)* {2}support-ticket\n/);
  });

  it("shows the trace on the local page with --dev", async () => {
    const options = { cwd: ROOT, env: { PATH: process.env.PATH, HOME: process.env.HOME } };
    const child = spawn(process.execPath, ["--import", "tsx", "samples/demo.ts", "--dev"], options);
    let printed = "";
    const [, address, traceId] = await new Promise<string[]>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const found = /shown at (http:\/\/127\.0\.0\.1:\d+)\/#\/traces\/([0-9a-f]{32})\nPress/.exec(printed);
        if (found !== null) resolve(found);
      });
      child.once("exit", () => reject(new Error(`it ended, and said: ${printed}`)));
    });
    const trace = (await (await fetch(`${address}/api/traces/${traceId}`)).json()) as TraceDetail;
    expect(trace.summary).toMatchObject({ workflow: "support_ticket_extraction", customer: "customer_123" });
    expect(await (await fetch(address ?? "")).text()).toContain("<!doctype html>");
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
