// Three copies of the package in one process: the ES module, the CommonJS build, and another version in ./older.
import Instructor from "@instructor-ai/instructor";
import { createRequire } from "node:module";
import OpenAI from "openai";
import * as esm from "respan-instructor";
import { z } from "zod";

const require = createRequire(import.meta.url);
const copies = { esm, cjs: require("respan-instructor"), older: require("./older/dist/cjs/index.js") };
const names = Object.keys(copies);

// The client is there before the telemetry.
const clients = Object.fromEntries(
  names.map((name) => [name, copies[name].createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" })]),
);
const native = Instructor({ client: new OpenAI(), mode: "TOOLS" });
const telemetry = new esm.RespanTelemetry();
for (const name of names) new copies[name].InstructorInstrumentor().activate();

const request = {
  model: "gpt-4o-mini",
  response_model: { schema: z.object({ customer: z.string() }), name: "SupportTicket" },
  messages: [{ role: "user", content: "ACME cannot log in" }],
};

async function main() {
  for (const outer of names) {
    for (const inner of names) {
      await copies[outer].propagateAttributes({ customerIdentifier: `${outer} and ${inner}` }, () =>
        copies[outer].withWorkflow(outer, () => copies[inner].withTask(inner, () => clients[inner].create(request))),
      );
    }
  }
  await esm.withWorkflow("native", () => native.chat.completions.create(request));
  const first = telemetry.stats();
  const second = new copies.cjs.RespanTelemetry({ logLevel: "none" });
  await copies.older.withWorkflow("second", async () => copies.esm.withTask("second", () => 1));
  await second.shutdown();
  await copies.cjs.withWorkflow("first again", async () => 1);
  await telemetry.shutdown();
  // Without telemetry, every copy still works.
  for (const name of names) await copies[name].withTask("after", () => clients[name].create(request));
  console.log(JSON.stringify({ first, last: telemetry.stats(), second: second.stats() }));
}

void main();
