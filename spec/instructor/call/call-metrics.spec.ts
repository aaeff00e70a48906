import { context, createNoopMeter, metrics } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-node";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import type { DataPoint, Histogram } from "@opentelemetry/sdk-metrics";
import { z } from "zod";
import { z as v4 } from "zod/v4";
import { withTask } from "../../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { registeredInstruments } from "../../../lib/metrics/instruments.js";
import { propagateAttributes } from "../../../lib/scope/propagate-attributes.js";
import { auto, content, toolCall } from "../../harness/index.js";
import { collect, eachWorld, muteConsole, World } from "../world.js";

const Line = z.object({ sku: z.string() });
const Invoice = z.object({ vendor: z.string(), lines: z.array(Line), totals: z.record(z.string(), z.number()) });
const invoice = { vendor: "Northwind", lines: [{ sku: "LOG-001" }], totals: { "Jane Doe": 298 } };
const wrong = { vendor: "Northwind", lines: [{ sku: 1 }, { sku: 2 }], totals: { "Jane Doe": "much" } };
const asked = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "Northwind invoice NW-1042" }],
  response_model: { schema: Invoice, name: "Invoice" },
};

/** A provider of metrics, registered, and what it has been given so far. */
class Meters {
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 1_000_000,
  });
  readonly provider = new MeterProvider({ readers: [this.#reader] });

  static register(): Meters {
    const meters = new Meters();
    metrics.setGlobalMeterProvider(meters.provider);
    return meters;
  }

  async all() {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics: found, scope }) => {
      expect(scope.name).toBe("respan-instructor");
      return found;
    });
  }

  async points<V = number>(name: string): Promise<DataPoint<V>[]> {
    const found = (await this.all()).find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []) as DataPoint<V>[];
  }

  /** The sums of a counter, by labels. */
  async sums(name: string): Promise<unknown[]> {
    return (await this.points(name)).map(({ attributes, value }) => ({ ...attributes, value }));
  }
}

muteConsole();
let world: World;
let meters: Meters;
eachWorld((made) => (world = made));
beforeEach(() => {
  meters = Meters.register();
});
afterEach(async () => {
  metrics.disable();
  await meters.provider.shutdown();
});

type Client = ReturnType<typeof createTracedInstructor<ReturnType<World["openai"]>>>;
const traced = (): Client => createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
const FAILURES = "instructor.validation.failures";
const USAGE = "gen_ai.client.inference.usage.";

describe("a structured call", () => {
  it("is measured by the instruments of the conventions, with their units and boundaries", async () => {
    world.server.reply(toolCall({ arguments: invoice }));
    await traced().create(asked);
    const known = (await meters.all()).map(({ descriptor: { name, unit }, dataPoints: [point] }) => [
      name,
      unit,
      // A counter's value is a number.
      (point?.value as Partial<Histogram>).buckets?.boundaries,
    ]);
    expect(known).toEqual([
      [
        "gen_ai.client.inference.duration",
        "s",
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
      ],
      [`${USAGE}input_tokens`, "{token}", undefined],
      [`${USAGE}output_tokens`, "{token}", undefined],
      [`${USAGE}cache_read.input_tokens`, "{token}", undefined],
      [`${USAGE}cache_write.input_tokens`, "{token}", undefined],
      [`${USAGE}reasoning.output_tokens`, "{token}", undefined],
      ["instructor.attempts", "{attempt}", [1, 2, 3, 4, 5, 10]],
    ]);
  });

  it("counts its tokens over all attempts, as its span does", async () => {
    const usage = { prompt: 50, completion: 20, cached: 30, reasoning: 8 };
    world.server.reply(toolCall({ arguments: wrong, usage }), toolCall({ arguments: invoice, usage }));
    await traced().create({ ...asked, max_retries: 1 });
    const labels = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.token.modality": "unknown",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
      "server.address": "127.0.0.1",
      "server.port": Number(new URL(world.server.url).port),
    };
    expect(await meters.sums(`${USAGE}input_tokens`)).toEqual([{ ...labels, value: 100 }]);
    expect(await meters.sums(`${USAGE}output_tokens`)).toEqual([{ ...labels, value: 40 }]);
    expect(await meters.sums(`${USAGE}cache_read.input_tokens`)).toEqual([{ ...labels, value: 60 }]);
    expect(await meters.sums(`${USAGE}cache_write.input_tokens`)).toEqual([{ ...labels, value: 0 }]);
    expect(await meters.sums(`${USAGE}reasoning.output_tokens`)).toEqual([{ ...labels, value: 16 }]);
  });

  it("takes as long as its span", async () => {
    world.server.reply(toolCall({ arguments: invoice }));
    await traced().create(asked);
    const [point] = await meters.points<Histogram>("gen_ai.client.inference.duration");
    const { startTime, endTime } = await world.span();
    expect(point?.value.count).toBe(1);
    expect(point?.value.sum).toBeCloseTo(Number(endTime - startTime) / 1e9, 6);
    expect(point?.attributes).not.toHaveProperty("error.type");
  });

  it("has its attempts counted, and what it failed with", async () => {
    world.server.reply(
      toolCall({ arguments: wrong }),
      toolCall({ arguments: invoice }),
      toolCall({ arguments: wrong }),
    );
    await traced().create({ ...asked, max_retries: 1 });
    await traced()
      .create(asked)
      .catch(() => undefined);
    const points = await meters.points<Histogram>("instructor.attempts");
    expect(points.map(({ attributes, value: { count, sum } }) => ({ ...attributes, count, sum }))).toEqual([
      { "instructor.response_model": "Invoice", "gen_ai.request.model": "gpt-4o-mini", count: 1, sum: 2 },
      {
        "instructor.response_model": "Invoice",
        "gen_ai.request.model": "gpt-4o-mini",
        "error.type": "ZodError",
        count: 1,
        sum: 1,
      },
    ]);
  });

  it.each([
    ["createWithCompletion", (client: Client) => client.createWithCompletion(asked)],
    ["createPartial", (client: Client) => collect(client.createPartial(asked))],
    ["createIterable", (client: Client) => collect(client.createIterable(asked))],
    ["createIterable, whole", (client: Client) => collect(client.createIterable({ ...asked, stream: false }))],
    [
      "Instructor's own stream",
      async (client: Client) => collect(await client.chat.completions.create({ ...asked, stream: true })),
    ],
  ] as const)("is measured whatever the API: %s", async (name, call) => {
    const isList = name.startsWith("createIterable");
    world.server.reply(toolCall({ arguments: isList ? { items: [invoice] } : invoice }));
    await call(traced());
    const [point] = await meters.points<Histogram>("gen_ai.client.inference.duration");
    expect(point?.value.count).toBe(1);
    const [input] = await meters.points(`${USAGE}input_tokens`);
    expect(input?.value).toBe((await world.span()).attributes["gen_ai.usage.input_tokens"]);
    expect(input?.value).toBeGreaterThan(0);
  });

  it("without a response model has no attempts of a structured call", async () => {
    world.server.reply(content("Hello"));
    await traced().chat.completions.create({ model: "gpt-4o-mini", messages: asked.messages });
    const names = (await meters.all()).map(({ descriptor }) => descriptor.name);
    expect(names).toContain("gen_ai.client.inference.duration");
    expect(names).not.toContain("instructor.attempts");
  });
});

describe("validation failures", () => {
  const asRecord = (path: string, code: string, value: number) => ({
    "instructor.response_model": "Invoice",
    "instructor.validation.path": path,
    "instructor.validation.code": code,
    value,
  });

  it("are counted by place and code, once for each attempt", async () => {
    world.server.reply(
      toolCall({ arguments: wrong }),
      toolCall({ arguments: wrong }),
      toolCall({ arguments: invoice }),
    );
    await traced().create({ ...asked, max_retries: 2 });
    expect(await meters.sums(FAILURES)).toEqual([
      asRecord("lines[].sku", "invalid_type", 2),
      asRecord("totals.*", "invalid_type", 2),
    ]);
  });

  it("are those of Zod 4 too", async () => {
    const schema = v4.object({ vendor: v4.string(), lines: v4.array(v4.object({ sku: v4.string() })) });
    world.server.reply(toolCall({ arguments: wrong }));
    await traced()
      .create({ ...asked, response_model: { schema, name: "Invoice" } })
      .catch(() => undefined);
    expect(await meters.sums(FAILURES)).toEqual([asRecord("lines[].sku", "invalid_type", 1)]);
  });

  it.each([true, false])("of a list are named as in the schema of its items, stream: %s", async (stream) => {
    world.server.reply(toolCall({ arguments: { items: [wrong] } }));
    await collect(traced().createIterable({ ...asked, stream })).catch(() => undefined);
    expect(await meters.sums(FAILURES)).toEqual([
      asRecord("lines[].sku", "invalid_type", 1),
      asRecord("totals.*", "invalid_type", 1),
    ]);
  });

  it("have no path with content off", async () => {
    world.server.reply(toolCall({ arguments: wrong }));
    await propagateAttributes({ traceContent: false }, () => traced().create(asked)).catch(() => undefined);
    expect(await meters.sums(FAILURES)).toEqual([
      { "instructor.response_model": "Invoice", "instructor.validation.code": "invalid_type", value: 2 },
    ]);
  });

  it("say nothing of an error that is not Zod's", async () => {
    const schema = z.object({ vendor: z.string() }).superRefine((_value, context) => {
      context.addIssue({ code: "Jane Doe" as "custom", path: ["Jane Doe"], message: "no" });
    });
    world.server.reply(toolCall({ arguments: wrong }));
    await traced()
      .create({ ...asked, response_model: { schema, name: "Invoice" } })
      .catch(() => undefined);
    expect(await meters.sums(FAILURES)).toEqual([asRecord("*", "other", 1)]);
  });

  it("are bounded: after two hundred sets of labels all others are one", async () => {
    const instruments = registeredInstruments()!;
    for (let number = 0; number < 205; number++) {
      const labels = { "instructor.response_model": `M${number}`, "server.port": 443 };
      instruments.validationFailures(1, labels, context.active(), { fixed: "label" });
    }
    const sums = await meters.sums(FAILURES);
    expect(sums).toHaveLength(201);
    expect(sums.at(-1)).toEqual({ "instructor.response_model": "other", fixed: "label", value: 5 });
  });
});

describe("where measuring begins and ends", () => {
  it("measures calls that a sampler leaves out, whole", async () => {
    await world.telemetry.shutdown();
    await using unsampled = await World.start({ sampler: new AlwaysOffSampler() });
    unsampled.server.answerWith(auto({ Invoice: invoice }));
    const client = createTracedInstructor({ client: unsampled.openai(), mode: "TOOLS", streamUsage: true });
    await client.create(asked);
    await collect(client.createPartial(asked));
    expect(await unsampled.spans()).toEqual([]);
    const [input] = await meters.points(`${USAGE}input_tokens`);
    expect(input?.value).toBeGreaterThan(0);
    expect(unsampled.server.lastRequest.body).toMatchObject({ stream_options: { include_usage: true } });
    const [point] = await meters.points<Histogram>("gen_ai.client.inference.duration");
    expect(point?.value.count).toBe(2);
  });

  it("makes its instruments when a provider is registered, and others for the next one", async () => {
    metrics.disable();
    world.server.answerWith(auto({ Invoice: invoice }));
    const client = traced();
    await client.create(asked);
    metrics.setGlobalMeterProvider(meters.provider);
    await client.create(asked);
    const count = async (of: Meters) => {
      const [point] = await of.points<Histogram>("gen_ai.client.inference.duration");
      return point?.value.count;
    };
    expect(await count(meters)).toBe(1);
    metrics.disable();
    const next = Meters.register();
    await client.create(asked);
    expect([await count(meters), await count(next)]).toEqual([1, 1]);
    await next.provider.shutdown();
  });

  it("measures nothing without telemetry", async () => {
    await world.telemetry.shutdown();
    world.server.answerWith(auto({ Invoice: invoice }));
    await traced().create(asked);
    expect(await meters.all()).toEqual([]);
  });

  it("is not disturbed by a provider that fails", async () => {
    metrics.disable();
    metrics.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error("no meter");
      },
    });
    world.server.answerWith(auto({ Invoice: invoice }));
    expect(await traced().create(asked)).toMatchObject(invoice);
    expect(await world.spans()).toHaveLength(1);
  });

  it("opens no spans for what a provider does with a measurement", async () => {
    metrics.disable();
    const opening = (): void => withTask({ name: "inside" }, () => undefined);
    const meter = { ...createNoopMeter(), createHistogram: () => ({ record: opening }) };
    metrics.setGlobalMeterProvider({
      getMeter: () => ({ ...meter, createCounter: () => ({ add: opening }) }) as never,
    });
    world.server.answerWith(auto({ Invoice: invoice }));
    await traced().create(asked);
    expect((await world.spans()).map(({ name }) => name)).toEqual(["instructor.create"]);
  });

  it("shows nothing of what was asked and answered", async () => {
    world.server.reply(toolCall({ arguments: wrong }), toolCall({ arguments: invoice }));
    await traced().create({ ...asked, max_retries: 1 });
    expect(JSON.stringify(await meters.all())).not.toMatch(/Jane|Northwind|NW-1042|LOG-001/);
  });
});
