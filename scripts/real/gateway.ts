// Instructor through a real Respan gateway: the gateway sample, a gateway process, the embedded model server behind it
// and the embedded receiver. Before that, a server that answers as the hosted gateway does, with `X-Respan-Log-Id`, and a
// receiver under a host name that is not this machine's. `npm run test:gateway`; needs Python 3.9 or later to install the
// gateway from PyPI.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor, RespanTelemetry } from "../../lib/index.js";
import { GUIDE_OBJECTS, OpenAIServer, OTLPReceiver, toolCall } from "../../spec/harness/index.js";

const VENV = join(tmpdir(), "respan-instructor-gateway");
const GATEWAY = join(VENV, "bin", "respan-gateway");

function install(): void {
  if (existsSync(GATEWAY)) return;
  console.log("installing respan-gateway from PyPI into a virtual environment");
  for (const [command, ...args] of [
    ["python3", "-m", "venv", VENV],
    [join(VENV, "bin", "pip"), "install", "--quiet", "respan-gateway"],
  ] as const) {
    const { status, error } = spawnSync(command, args, { stdio: "inherit" });
    if (status !== 0) {
      throw new Error(`missing: respan-gateway (${error?.message ?? `${command} failed`}); it needs python3 and PyPI`);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function untilServing(url: string, hasEnded: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (hasEnded()) throw new Error("the gateway ended by itself");
    try {
      await fetch(`${url}/v1/models`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("the gateway did not begin to serve");
}

type Check = readonly [what: string, isTrue: boolean];

/** Finds every host name on this machine. */
const lookup: LookupFunction = (_, options, found) => {
  if (options.all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

/** The hosted gateway records each call itself: at the service the span is a link to that record. */
async function hostedGateway(): Promise<Check[]> {
  await using gateway = await OpenAIServer.start();
  await using receiver = await OTLPReceiver.start();
  const ticket = { customer: "ACME" };
  gateway.answerWith(() => ({ ...toolCall({ arguments: ticket }), headers: { "X-Respan-Log-Id": "log_embedded" } }));
  const baseUrl = receiver.url.replace("127.0.0.1", "respan.example");
  const telemetry = new RespanTelemetry({ apiKey: "embedded", baseUrl, httpAgent: new Agent({ lookup }) });
  const client = createTracedInstructor({
    client: new OpenAI({ apiKey: "embedded", baseURL: gateway.url }),
    mode: "TOOLS",
  });
  const result = await client.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "ACME cannot log in" }],
    response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" },
  });
  await telemetry.shutdown();
  const { attributes, events } = receiver.only("instructor.create");
  const names = [attributes, ...events.map((event) => event.attributes)].flatMap((all) => Object.keys(all));
  const recorded = names.filter((name) => /usage|_tokens$|prompt\.|completion\.|entity\.(in|out)put|answer/.test(name));
  return [
    ["the ticket came back through the hosted gateway", result.customer === "ACME"],
    ["its span is a link to the gateway's record", attributes["respan.gateway.log_id"] === "log_embedded"],
    ["so is its attempt", events[0]?.attributes["instructor.attempt.gateway_log_id"] === "log_embedded"],
    [`neither has usage nor content${recorded.map((name) => ` ${name}`).join("")}`, recorded.length === 0],
  ];
}

async function main(): Promise<void> {
  const hosted = await hostedGateway();
  install();
  await using model = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
  await using receiver = await OTLPReceiver.start();
  const port = await freePort();
  const gateway = spawn(GATEWAY, ["--listen", `127.0.0.1:${port}`], {
    cwd: VENV,
    env: { PATH: process.env.PATH, OPENAI_API_KEY: "sk-embedded", RESPAN_OPENAI_BASE_URL: model.url },
    stdio: "ignore",
  });
  try {
    await untilServing(`http://127.0.0.1:${port}`, () => gateway.exitCode !== null);
    Object.assign(process.env, {
      OPENAI_API_KEY: "sk-embedded",
      RESPAN_API_KEY: "embedded",
      RESPAN_BASE_URL: receiver.url,
      GATEWAY_URL: `http://127.0.0.1:${port}/v1`,
    });
    const sample = await import("../../samples/gateway/index.js");
    const ticket = await sample.run();
    await sample.telemetry.shutdown();
    const span = receiver.only("instructor.create");
    const checks: Check[] = [
      ...hosted,
      ["the ticket came back through the gateway", ticket.customer === "ACME"],
      [
        "the model server was asked by the gateway",
        model.requests.filter(({ path }) => path.endsWith("/chat/completions")).length === 1,
      ],
      ["the span's server is the gateway", span.attributes["server.port"] === port],
      ["the span has the gateway's tokens", span.attributes["gen_ai.usage.input_tokens"] === 57],
      ["the span succeeded", span.status.code === 1],
    ];
    for (const [what, isTrue] of checks) console.log(`${isTrue ? "passed" : "FAILED"}  ${what}`);
    console.log(
      `server ${JSON.stringify(span.attributes["server.address"])}, provider ${JSON.stringify(span.attributes["gen_ai.provider.name"])}`,
    );
    const failed = checks.filter(([, isTrue]) => !isTrue).length;
    console.log(`${checks.length - failed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    gateway.kill();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
});
