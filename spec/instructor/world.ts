import { inspect } from "node:util";
import OpenAI from "openai";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import { OpenAIServer, OTLPReceiver } from "../harness/index.js";
import type { ReceivedSpan } from "../harness/index.js";
import { eachTest } from "../harness/each-test.js";

/** Instructor writes to the console what fails in a call, logger or not. */
export function muteConsole(): void {
  beforeEach(() => {
    for (const method of ["error", "warn"] as const) jest.spyOn(console, method).mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());
}

/** A provider, a receiver and telemetry between them, as every spec of this folder needs them. */
export class World implements AsyncDisposable {
  private constructor(
    readonly server: OpenAIServer,
    readonly receiver: OTLPReceiver,
    readonly telemetry: RespanTelemetry,
  ) {}

  static async start(options: RespanTelemetryOptions = {}): Promise<World> {
    const [server, receiver] = await Promise.all([OpenAIServer.start(), OTLPReceiver.start()]);
    const telemetry = new RespanTelemetry({
      apiKey: "key",
      baseUrl: receiver.url,
      isAutoInstrument: false,
      ...options,
    });
    return new World(server, receiver, telemetry);
  }

  /** A new client of the provider that tries each request once. */
  openai(): OpenAI {
    return new OpenAI({ apiKey: "sk-local", baseURL: this.server.url, maxRetries: 0 });
  }

  /** Everything that has ended by now. */
  async spans(): Promise<ReceivedSpan[]> {
    await this.telemetry.flush();
    return this.receiver.spans;
  }

  /** The one span that has ended by now. */
  async span(): Promise<ReceivedSpan> {
    const spans = await this.spans();
    const [span] = spans;
    if (span && spans.length === 1) return span;
    throw new Error(`expected one span, got ${spans.map(({ name }) => name).join(", ") || "none"}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.telemetry.shutdown();
    await Promise.all([this.server.close(), this.receiver.close()]);
  }
}

/** The `instructor.attempt` events of a span, as plain attributes. */
export function attemptsOf(span: ReceivedSpan): Record<string, unknown>[] {
  return span.events.filter(({ name }) => name === "instructor.attempt").map(({ attributes }) => attributes);
}

/** Everything that an iterable gives. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of iterable) all.push(one);
  return all;
}

/** Everything that a span says, to be searched for what it must not. */
export function textOf({ attributes, events, status, name }: ReceivedSpan): string {
  return inspect([name, status, attributes, events], { depth: 9, maxArrayLength: null, maxStringLength: null });
}

/** A world of its own for each test. */
export const eachWorld = (keep: (world: World) => void): void => eachTest(() => World.start(), keep);

/** One world for all tests of a file, without what a test has left there. */
export function oneWorld(keep: (world: World) => void): void {
  let world: World;
  beforeAll(async () => keep((world = await World.start())));
  afterEach(async () => {
    await world.telemetry.flush();
    world.server.clear();
    world.receiver.clear();
  });
  afterAll(() => world[Symbol.asyncDispose]());
}
