import { execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { hang, OTLPReceiver } from "../../harness/index.js";

const root = join(__dirname, "../../..");
const folder = join(root, "node_modules/.cache/respan-instructor-spec");
const program = join(folder, `program-${process.pid}.cjs`);

beforeAll(() => {
  // Once for all children: compiling takes each of them longer than what it does.
  execFileSync(join(root, "node_modules/.bin/esbuild"), [
    join(__dirname, "program.ts"),
    "--bundle",
    "--platform=node",
    "--packages=external",
    "--target=node20",
    "--log-level=error",
    `--outfile=${program}`,
  ]);
});

afterAll(() => rmSync(program, { force: true }));

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the program to its end. */
function run(
  way: string,
  count: number,
  baseUrl: string,
  variables: Record<string, string> = {},
  flushTimeout = 10_000,
): Promise<Ending> {
  return end([program, way, String(count), String(flushTimeout)], baseUrl, variables);
}

/** What waits for others to join it would keep a process for an hour, if it kept one at all. */
const RESPAN = { RESPAN_API_KEY: "key", OTEL_BSP_SCHEDULE_DELAY: "3600000" };

/** Runs Node to its end. */
function end(args: readonly string[], baseUrl: string, variables: Record<string, string> = {}): Promise<Ending> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...RESPAN, RESPAN_BASE_URL: baseUrl, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  child.stdout.on("data", () => child.kill("SIGTERM"));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, stderr })));
}

jest.setTimeout(60_000);

describe("a process that waits for its next event", () => {
  it.each([
    ["batched", { OTEL_BSP_SCHEDULE_DELAY: "10" }],
    ["unbatched", { RESPAN_BATCHING_ENABLED: "false" }],
  ])("has sent its spans by then (%s)", async (_name, variables) => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("idle", 0, receiver.url, variables)).toEqual({ code: 1, signal: null, stderr: "" });
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

  it("by itself delivers what no one ended, and lets a listener of the host's end what it can", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await run("open at the end", 0, receiver.url)).toEqual({ code: 0, signal: null, stderr: "" });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["never ended"]);
    receiver.clear();
    expect(await run("ended by a listener", 0, receiver.url)).toMatchObject({ code: 0, stderr: "" });
    expect(receiver.only("ended by the host").attributes).toMatchObject({ finished: true });
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
    const parent = `new (require("node:worker_threads").Worker)(${JSON.stringify(program)}, { argv: ["normal", "20", "10000"] })`;
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

  it("by an uncaught exception delivers everything where the host shuts telemetry down", async () => {
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
    const ending = await run("normal", 10, receiver.url, { OTEL_BSP_EXPORT_TIMEOUT: "0" }, 100);
    expect(ending.code).toBe(0);
    expect(ending.stderr).toContain("10 spans could not be delivered before the process ended");
  });

  it("is not ended by what telemetry has to say to a stderr that no one reads any more", async () => {
    const child = spawn(process.execPath, [program, "normal", "1", "10000"], {
      env: { ...process.env, NODE_OPTIONS: "", RESPAN_API_KEY: "" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  });
});
