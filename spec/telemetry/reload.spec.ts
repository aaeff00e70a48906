import type * as lib from "../../lib/index.js";
import { withTask } from "../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../lib/scope/tracing.js";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import { OpenAIServer, OTLPReceiver } from "../harness/index.js";
import { telemetryTo } from "./spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

type Package = typeof lib;

/** The package as a test sees it that has reset its modules. */
function reloaded(): Package {
  let copy: Package | undefined;
  jest.isolateModules(() => (copy = jest.requireActual<Package>("../../lib/index.js")));
  if (copy === undefined) throw new Error("not loaded");
  return copy;
}

const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" },
};

async function servers() {
  const server = await OpenAIServer.start({ objects: { Ticket: { customer: "ACME" } } });
  const receiver = await OTLPReceiver.start();
  const openai = () => new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
  return {
    receiver,
    openai,
    async [Symbol.asyncDispose]() {
      await Promise.all([server.close(), receiver.close()]);
    },
  };
}

describe("modules that a test runner has reset", () => {
  it("find the telemetry that is there, and share scope and spans with what was loaded before", async () => {
    await using at = await servers();
    await using telemetry = telemetryTo(at.receiver);
    const copy = reloaded();
    expect(copy.withTask).not.toBe(withTask);
    await copy.propagateAttributes({ customerIdentifier: "ann" }, () =>
      withTask("outer", () =>
        copy.withTask("inner", () =>
          copy.createTracedInstructor({ client: at.openai(), mode: "TOOLS" }).create(request),
        ),
      ),
    );
    await telemetry.flush();
    const { receiver } = at;
    expect(receiver.spans).toHaveLength(3);
    expect(receiver.only("inner.task").parentSpanId).toBe(receiver.only("outer.task").spanId);
    expect(receiver.only("instructor.create").parentSpanId).toBe(receiver.only("inner.task").spanId);
    for (const { attributes } of receiver.spans) {
      expect(attributes["respan.customer_params.customer_identifier"]).toBe("ann");
    }
  });

  it("trace a client once, however many instrumentors are active", async () => {
    await using at = await servers();
    await using telemetry = telemetryTo(at.receiver);
    const owners = [new InstructorInstrumentor(), new (reloaded().InstructorInstrumentor)()];
    for (const owner of owners) owner.activate();
    try {
      const client = Instructor({ client: at.openai(), mode: "TOOLS" });
      await client.chat.completions.create(request);
      owners[0]!.deactivate();
      await client.chat.completions.create(request);
      await telemetry.flush();
      expect(at.receiver.find("instructor.create")).toHaveLength(2);
    } finally {
      for (const owner of owners) owner.deactivate();
    }
  });

  it("refuse an owner whose privacy differs from that of another copy's owner", async () => {
    await using at = await servers();
    await using telemetry = telemetryTo(at.receiver);
    const strict = new (reloaded().InstructorInstrumentor)({ traceContent: false });
    const other = new InstructorInstrumentor();
    strict.activate();
    try {
      expect(() => other.activate()).toThrow("another instrumentor is active with a different traceContent");
      await Instructor({ client: at.openai(), mode: "TOOLS" }).chat.completions.create(request);
      await telemetry.flush();
      expect(at.receiver.only("instructor.create").attributes).not.toHaveProperty(["gen_ai.prompt.0.content"]);
    } finally {
      strict.deactivate();
    }
    other.activate();
    expect(other.isActive).toBe(true);
    other.deactivate();
  });

  it("can construct and shut down telemetry of their own, each time anew", async () => {
    await using at = await servers();
    for (let round = 0; round < 5; round++) {
      const copy = reloaded();
      const telemetry = new copy.RespanTelemetry({ apiKey: "key", baseUrl: at.receiver.url });
      copy.withTask(`round ${round}`, () => 1);
      await telemetry.shutdown();
      expect(slot.tracing).toBeUndefined();
    }
    expect(at.receiver.spans.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4].map((round) => `round ${round}.task`));
  });
});

describe("a client", () => {
  it("that was constructed before the telemetry is traced, and goes on untraced after its shutdown", async () => {
    await using at = await servers();
    const client = createTracedInstructor({ client: at.openai(), mode: "TOOLS" });
    await expect(client.create(request)).resolves.toMatchObject({ customer: "ACME" });
    for (let round = 1; round <= 2; round++) {
      const telemetry = telemetryTo(at.receiver);
      await expect(client.create(request)).resolves.toMatchObject({ customer: "ACME" });
      await telemetry.shutdown();
      await expect(client.create(request)).resolves.toMatchObject({ customer: "ACME" });
      const items = [];
      for await (const partial of client.createPartial(request)) items.push(partial);
      expect(items.at(-1)).toMatchObject({ customer: "ACME" });
      expect(telemetry.stats()).toEqual({ exported: 1, rejected: 0, failed: 0, dropped: 0, pending: 0 });
      expect(at.receiver.spans).toHaveLength(round);
    }
  });

  it("whose call is on its way when telemetry is shut down gets its answer", async () => {
    await using at = await servers();
    const telemetry = telemetryTo(at.receiver);
    const client = createTracedInstructor({ client: at.openai(), mode: "TOOLS" });
    const call = withTask("work", () => client.create(request));
    await telemetry.shutdown();
    await expect(call).resolves.toMatchObject({ customer: "ACME" });
    expect(at.receiver.spans.map(({ name }) => name).sort()).toEqual(["instructor.create", "work.task"]);
  });
});
