import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../harness/bundle.js";
import { hang, OTLPReceiver } from "../../harness/index.js";

const folder = join(__dirname, "../../../node_modules/.cache/respan-instructor-spec");
const program = join(folder, `program-${process.pid}.cjs`);

beforeAll(() => bundle([join(__dirname, "program.ts")], "--packages=external", `--outfile=${program}`));

afterAll(() => rmSync(program, { force: true }));

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Spans that wait for others would keep a process for an hour, if they kept one at all. */
const RESPAN = { RESPAN_API_KEY: "key", OTEL_BSP_SCHEDULE_DELAY: "3600000" };

/** Starts Node. */
const start = (args: readonly string[], baseUrl: string, variables: Record<string, string> = {}) =>
  spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...RESPAN, RESPAN_BASE_URL: baseUrl, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Runs Node to its end; a program that prints something is asked to stop then. */
function end(...given: Parameters<typeof start>): Promise<Ending> {
  const child = start(...given);
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  child.stdout.on("data", () => child.kill("SIGTERM"));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, stderr })));
}

/** Runs the program to its end. */
const run = (way: string, count: number, baseUrl: string, variables: Record<string, string> = {}) =>
  end([program, way, String(count)], baseUrl, variables);

describe("a process that waits for its next event", () => {
  it.each([
    ["batched", { OTEL_BSP_SCHEDULE_DELAY: "10" }],
    ["unbatched", { RESPAN_BATCHING_ENABLED: "false" }],
  ])("has sent its spans by then (%s)", async (_name, variables) => {
    await using receiver = await OTLPReceiver.start();
    const child = start([program, "idle", "0"], receiver.url, variables);
    await Promise.race([receiver.waitFor(1), once(child, "close")]);
    child.kill();
    expect(receiver.spans).toHaveLength(1);
  });
});

describe("a process that ends", () => {
  it("by itself delivers everything", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("normal", 1_000, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(new Set(receiver.spans.map(({ name }) => name)).size).toBe(1_000);
    expect(receiver.duplicates).toEqual([]);
  });

  it("by itself delivers what its own work at the end makes, round for round", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("work at the end", 2, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["span 0", "span 1", "late 1", "late 2", "late 3"]);
  });

  it("by itself delivers what no one ended, and lets a listener end what it can", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("open at the end", 0, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["never ended"]);
    receiver.clear();
    expect(await run("ended by a listener", 0, receiver.url)).toMatchObject({ code: 0, stderr: "" });
    expect(receiver.only("ended by the program").attributes).toMatchObject({ finished: true });
  });

  it("by itself is not kept alive by telemetry that has nothing to do", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("normal", 0, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.requests).toEqual([]);
  });

  it("delivers what its worker threads and it itself have made", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("workers", 20, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.spans).toHaveLength(60);
    expect(receiver.duplicates).toEqual([]);
  });

  it("delivers what a worker thread has made where it has no telemetry itself", async () => {
    await using receiver = await OTLPReceiver.start();
    const parent = `new (require("node:worker_threads").Worker)(${JSON.stringify(program)}, { argv: ["normal", "20"] })`;
    expect(await end(["-e", parent], receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.spans).toHaveLength(20);
  });

  it("by process.exit after a flush delivers everything, with its own code", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("exit after flush", 1_000, receiver.url)).toMatchObject({ code: 3, stderr: "" });
    expect(receiver.spans).toHaveLength(1_000);
  });

  it("by process.exit without a flush is not held up, and says what is lost", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("exit without flush", 10, receiver.url)).toEqual({
      code: 3,
      signal: null,
      stderr:
        "[warn] respan-instructor: 10 spans could not be delivered before the process ended: await flush() before process.exit()\n",
    });
  });

  it("by an uncaught exception delivers everything where the program shuts telemetry down", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("uncaught exception, handled", 10, receiver.url)).toMatchObject({ code: 4 });
    expect(receiver.spans).toHaveLength(10);
  });

  it("by SIGTERM, with the documented handler, delivers everything, what was running too", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("SIGTERM", 10, receiver.url)).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans).toHaveLength(11);
    expect(receiver.find("running when the signal came")).toHaveLength(1);
  });

  it("is not kept alive by a receiver that never answers", async () => {
    await using receiver = await OTLPReceiver.start();
    receiver.respondAlways(hang());
    const ending = await end([program, "normal", "10", "100"], receiver.url, { OTEL_BSP_EXPORT_TIMEOUT: "0" });
    expect(ending.code).toBe(0);
    expect(ending.stderr).toContain("10 spans could not be delivered before the process ended");
  });

  it("is not ended by what telemetry has to say to a stderr that no one reads any more", async () => {
    const child = spawn(process.execPath, [program, "normal", "1"], {
      env: { ...process.env, NODE_OPTIONS: "", RESPAN_API_KEY: "" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  });
});
