import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { json, write } from "../../scripts/projects/installation.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import { SDK_VERSION } from "../../lib/wire/package.js";
import type { CostReport, TraceList } from "../../lib/viewer/api.js";
import { OTLPReceiver, status } from "../harness/index.js";
import { recorded, requestOf } from "../viewer/spans.js";
import { DevProcess } from "./dev-process.js";
import { runHere } from "./run-here.js";

async function send(address: string, traceId: string, headers: Record<string, string> = {}): Promise<number> {
  const { status: answered } = await fetch(`${address}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: requestOf(traceId, 0, 1),
  });
  return answered;
}

async function list(address: string, headers: Record<string, string> = {}): Promise<number[]> {
  const { traces } = (await (await fetch(`${address}/api/traces`, { headers })).json()) as TraceList;
  return traces.map(({ traceId }) => Number(traceId));
}

describe("respan-instructor dev", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("prints where the page is and what to set, until %s", async (signal) => {
    await using dev = new DevProcess(["dev", "--port", "0"]);
    const address = await dev.address();
    await dev.says(/Ctrl\+C/);
    expect(dev.stdout.split("\n")).toEqual([
      `Traces are shown at ${address}`,
      "To send them here, set this for your program:",
      `  RESPAN_BASE_URL=${address}/api`,
      "Press Ctrl+C to stop.",
      "",
    ]);
    // An open connection does not keep it.
    const events = await fetch(`${address}/api/events`);
    expect(await send(address, "1")).toBe(200);
    expect(await list(address)).toEqual([1]);
    expect(await dev.stop(signal)).toBe(0);
    expect(dev.stderr).toBe("");
    await events.text().catch(() => undefined);
  });

  it("says which port it is where the wanted one is taken", async () => {
    await using taken = await OTLPReceiver.start();
    const port = new URL(taken.origin).port;
    await using dev = new DevProcess(["dev", "--port", port]);
    const [, next = ""] = await dev.says(new RegExp(`Port ${port} is taken, so this is port (\\d+)\\.`));
    expect(Number(next)).toBeGreaterThan(Number(port));
    expect(await dev.address()).toBe(`http://127.0.0.1:${next}`);
  });

  it("asks for the token that it prints where it listens on a network", async () => {
    await using dev = new DevProcess(["dev", "--port", "0", "--host", "0.0.0.0"]);
    const [, token = ""] = await dev.says(/RESPAN_API_KEY=([0-9a-f]{32})/);
    const address = (await dev.address()).replace("localhost", "127.0.0.1");
    expect(dev.stdout).toContain(`/?token=${token}`);
    expect(await send(address, "1")).toBe(401);
    const authorization = `Bearer ${token}`;
    expect(await send(address, "1", { authorization })).toBe(200);
    expect(await list(address, { authorization })).toEqual([1]);
  });

  it.each<[string, string[], string]>([
    ["an option that is not there", ["dev", "--prot", "1"], "unknown option '--prot'"],
    ["a port that is none", ["dev", "--port", "many"], "It must be a number from 0 to 65535."],
    ["a port that is too large", ["dev", "--port", "65536"], "It must be a number from 0 to 65535."],
    ["a command that is not there", ["devv"], "unknown command 'devv'"],
    ["an address that is not this machine's", ["dev", "--host", "203.0.113.1"], "EADDRNOTAVAIL"],
    ["prices that are not there", ["dev", "--prices", "nowhere/prices.json"], "nowhere/prices.json"],
    ["a key that is missing", ["dev", "--forward"], "--forward needs a key: set RESPAN_API_KEY."],
  ])("refuses %s", async (_what, args, message) => {
    const { stdout, stderr, code } = await runHere(args);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  it("prices calls by the file that it is given", async () => {
    using folder = new TemporaryFolder();
    const prices = join(folder.path, "prices.json");
    write(folder.path, { "prices.json": json({ "own-model": { input: 2, output: 8 } }) });
    await using dev = new DevProcess(["dev", "--port", "0", "--prices", prices]);
    const address = await dev.address();
    const attributes = {
      "gen_ai.request.model": "own-model",
      "gen_ai.usage.input_tokens": 1_000_000,
      "gen_ai.usage.output_tokens": 500_000,
    };
    const { protobuf: body } = recorded((tracer) => tracer.startSpan("chat", { attributes }).end());
    const headers = { "content-type": "application/x-protobuf" };
    expect((await fetch(`${address}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
    const costs = (await (await fetch(`${address}/api/costs`)).json()) as CostReport;
    expect(costs.total.cost).toEqual({ usd: 6, unknownCalls: 0 });
    expect(costs.prices.ownFile).toBe(prices);
  });

  it("opens the page with --open, and says so where no browser can be opened", async () => {
    using folder = new TemporaryFolder();
    const opened = join(folder.path, "opened");
    // The command of Linux, and that of macOS.
    for (const command of ["xdg-open", "open"]) {
      write(folder.path, { [command]: `#!/bin/sh\necho "$1" > ${opened}.part\nmv ${opened}.part ${opened}\n` });
      chmodSync(join(folder.path, command), 0o755);
    }
    await using dev = new DevProcess(["dev", "--port", "0", "--open"], { PATH: `${folder.path}:/usr/bin:/bin` });
    const address = await dev.address();
    while (!existsSync(opened)) await new Promise(setImmediate);
    expect(readFileSync(opened, "utf8")).toBe(`${address}\n`);

    await using without = new DevProcess(["dev", "--port", "0", "--open"], { PATH: "/nowhere" });
    await without.says(/No browser could be opened\. Open http:\S+ yourself\./);
    expect(await list(await without.address())).toEqual([]);
  });

  it("prints its version", async () => {
    expect(await runHere(["--version"])).toEqual({ stdout: `${SDK_VERSION}\n`, stderr: "", code: 0 });
  });
});

describe("respan-instructor dev --store", () => {
  it("shows spans again after a kill that tore a line and left the lock", async () => {
    using folder = new TemporaryFolder();
    const store = join(folder.path, "store");
    {
      await using dev = new DevProcess(["dev", "--port", "0", "--store", store]);
      const address = await dev.address();
      for (const id of ["1", "2", "3"]) expect(await send(address, id)).toBe(200);
      await dev.stop("SIGKILL");
    }
    expect(existsSync(join(store, "lock"))).toBe(true);
    const [segment = ""] = readdirSync(store).filter((name) => name.endsWith(".jsonl"));
    appendFileSync(join(store, segment), '{"traceId":"00000000');
    await using dev = new DevProcess(["dev", "--port", "0", "--store", store]);
    const address = await dev.address();
    expect((await list(address)).sort()).toEqual([1, 2, 3]);
    expect(dev.stderr).toBe("Lines of the store that could not be read and were skipped: 1.\n");
    expect(await send(address, "4")).toBe(200);
    expect(await dev.stop("SIGTERM")).toBe(0);
    expect(existsSync(join(store, "lock"))).toBe(false);
  });

  it("is for one process at a time", async () => {
    using folder = new TemporaryFolder();
    await using first = new DevProcess(["dev", "--port", "0", "--store", folder.path]);
    const address = await first.address();
    await using second = new DevProcess(["dev", "--port", "0", "--store", folder.path]);
    expect(await second.ended()).toBe(1);
    expect(second.stderr).toContain(`The store ${folder.path} is in use by process ${first.pid}`);
    expect(await send(address, "1")).toBe(200);
    expect(await list(address)).toEqual([1]);
  });
});

describe("respan-instructor dev --forward", () => {
  it("sends on to Respan with the key, and shows the spans whatever becomes of it", async () => {
    await using respan = await OTLPReceiver.start();
    const env = { RESPAN_API_KEY: "own-key", RESPAN_BASE_URL: respan.url };
    await using dev = new DevProcess(["dev", "--port", "0", "--forward"], env);
    const [, address = ""] = await dev.says(/shown at (http:\S+)/);
    await send(address, "1");
    await respan.waitFor(1);
    expect(respan.requests[0]?.headers.authorization).toBe("Bearer own-key");
    respan.respondAlways(status(500));
    await send(address, "2");
    await dev.says(/Could not send spans on to \S+: it answered with status 500/);
    expect((await list(address)).sort()).toEqual([1, 2]);
  });

  it("refuses to send on to itself", async () => {
    await using taken = await OTLPReceiver.start();
    const port = new URL(taken.origin).port;
    await taken.close();
    const env = { RESPAN_API_KEY: "key", RESPAN_BASE_URL: `http://localhost:${port}/api` };
    await using dev = new DevProcess(["dev", "--port", port, "--forward"], env);
    expect(await dev.ended()).toBe(1);
    expect(dev.stderr).toContain("Spans would be sent on to this very server");
  });
});
