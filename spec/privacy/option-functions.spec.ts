import { inspect } from "node:util";
import type { RespanTelemetryOptions } from "respan-instructor";
import { addEvent, propagateAttributes, RespanTelemetry, Task, updateCurrentSpan, Workflow } from "respan-instructor";
import { unhandledDuring } from "../decorators/unhandled.js";
import type { ReceivedSpan } from "../harness/index.js";
import { OTLPReceiver } from "../harness/index.js";

const textOf = (spans: unknown): string => inspect(spans, { depth: 9, maxArrayLength: null, maxStringLength: null });
const rejecting = (): never => Promise.reject(new Error("refused")) as never;
/** A promise whose own `then` must not be called: that would start something. */
class Lazy extends Promise<boolean> {
  override then(): never {
    throw new Error("started");
  }
}

/** What a function may answer in place of a yes. */
const NO_YES: readonly (readonly [string, () => unknown])[] = [
  ["false", () => false],
  ["nothing", () => undefined],
  ["a text", () => "true"],
  ["a number", () => 1],
  ["an object", () => ({})],
  ["a promise of a yes", async () => Promise.resolve(true)],
  ["a promise that rejects", rejecting],
  ["a lazy promise", () => Lazy.reject(new Error("refused"))],
  [
    "a throw",
    () => {
      throw new Error("refused");
    },
  ],
];

describe("a function among the options", () => {
  let receiver: OTLPReceiver;
  beforeAll(async () => {
    receiver = await OTLPReceiver.start();
  });
  afterAll(async () => {
    await receiver.close();
  });
  afterEach(() => {
    receiver.clear();
  });

  /** What arrives of some work, and that nothing of it rejects unheard. */
  async function arrived(options: RespanTelemetryOptions, work: () => unknown): Promise<readonly ReceivedSpan[]> {
    const unhandled = await unhandledDuring(async () => {
      const telemetry = new RespanTelemetry({
        apiKey: "k",
        baseUrl: receiver.url,
        isAutoInstrument: false,
        ...options,
      });
      await work();
      await telemetry.shutdown();
    });
    expect(unhandled).toEqual([]);
    return receiver.spans;
  }

  class Desk {
    @Workflow({ name: "desk" })
    plain(text: string): string {
      addEvent("noted", { text });
      return text;
    }
  }
  const contentOf = (span: ReceivedSpan | undefined): unknown => span?.attributes["traceloop.entity.input"];

  describe.each(NO_YES)("that decides on content and answers with %s keeps it in the process:", (_what, answer) => {
    it("telemetry's", async () => {
      const spans = await arrived({ traceContent: answer as () => boolean }, () => new Desk().plain("kestrel"));
      expect(spans).toHaveLength(1);
      expect(textOf(spans)).not.toContain("kestrel");
    });

    it("a scope's, a decorator's, and one that is only asked at the end", async () => {
      let isOver = false;
      class Quiet {
        @Workflow({ name: "desk", traceContent: answer as () => boolean })
        work(text: string): string {
          return new Desk().plain(text);
        }

        @Workflow({ name: "late", traceContent: (() => !isOver || answer()) as () => boolean })
        late(text: string): string {
          isOver = true;
          return text;
        }
      }
      const spans = await arrived({}, () => {
        propagateAttributes({ traceContent: answer as () => boolean }, () => new Desk().plain("kestrel"));
        new Quiet().work("kestrel");
        new Quiet().late("kestrel");
      });
      expect(spans).toHaveLength(4);
      expect(textOf(spans)).not.toContain("kestrel");
    });
  });

  it.each(NO_YES.filter(([what]) => what !== "a text"))(
    "that rewrites a text and answers with %s leaves it out",
    async (_what, answer) => {
      const spans = await arrived({ redact: answer as () => string }, () => new Desk().plain("kestrel"));
      expect(spans).toHaveLength(1);
      expect(textOf(spans)).not.toContain("kestrel");
    },
  );

  it.each(NO_YES.slice(5))(
    "that chooses what is kept, a name, an identifier, and answers with %s, costs the call nothing",
    async (_what, answer) => {
      class Choosing {
        @Task({
          name: answer as () => string,
          version: answer as () => string,
          customerIdentifier: answer as () => string,
          metadata: answer as () => Record<string, string>,
          prompt: answer as () => { promptId: string },
          captureInput: answer,
          captureOutput: answer,
        })
        work(text: string): string {
          return text;
        }

        @Task({ captureOutput: answer })
        *steps(text: string): Generator<string> {
          yield text;
        }
      }
      const spans = await arrived({}, () => {
        const it = new Choosing();
        expect(it.work("kestrel")).toBe("kestrel");
        expect([...it.steps("kestrel")]).toEqual(["kestrel"]);
      });
      expect(spans.map(({ name }) => name).sort()).toEqual(["steps.task", "work.task"]);
      expect(spans.find(({ name }) => name === "work.task")?.attributes).not.toHaveProperty(["traceloop.entity.input"]);
    },
  );

  it.each(NO_YES.slice(5))(
    "that chooses or changes spans and answers with %s has none exported that it did not mean",
    async (what, answer) => {
      const spans = await arrived({ shouldExportSpan: answer as () => boolean, spanPostprocess: answer }, () =>
        new Desk().plain("x"),
      );
      expect({ what, spans }).toEqual({ what, spans: [] });
    },
  );

  it("does not weaken another: the strictest wins, wherever it stands", async () => {
    class Allowing {
      @Workflow({ name: "desk", traceContent: () => true })
      work(text: string): string {
        return propagateAttributes({ traceContent: true }, () => text);
      }
    }
    const spans = await arrived({ traceContent: () => false }, () => new Allowing().work("kestrel"));
    expect(textOf(spans)).not.toContain("kestrel");
  });

  it.each([false, "false", null, 0, Promise.resolve(true)])(
    "updateCurrentSpan takes %p for a veto, even where the rest of the update throws",
    async (traceContent) => {
      class Vetoing {
        @Workflow({ name: "desk" })
        work(text: string): string {
          const update = { traceContent };
          Object.defineProperty(update, "input", {
            enumerable: true,
            get: () => {
              throw new Error("refused");
            },
          });
          updateCurrentSpan(update as never);
          return text;
        }
      }
      const spans = await arrived({}, () => new Vetoing().work("kestrel"));
      expect(spans).toHaveLength(1);
      expect(textOf(spans)).not.toContain("kestrel");
    },
  );

  it.each([true, undefined])("updateCurrentSpan takes %p for no veto", async (traceContent) => {
    class Telling {
      @Workflow({ name: "desk" })
      work(text: string): string {
        updateCurrentSpan({ traceContent } as never);
        return text;
      }
    }
    expect(contentOf((await arrived({}, () => new Telling().work("kestrel")))[0])).toContain("kestrel");
  });
});

describe("what a caller adds to a span", () => {
  it("is masked and bounded: names, keys, numbers, and how many there are", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = new RespanTelemetry({
      apiKey: "k",
      baseUrl: receiver.url,
      isAutoInstrument: false,
      redact: { patterns: [/4111\d{12}/] },
    });
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
    class Desk {
      @Workflow({ name: "desk" })
      work(): void {
        addEvent(`sent Bearer abcdef0123456789 ${"x".repeat(1_000)}`, {
          password: 1234,
          card: 4111111111111111,
          count: 7,
          ...many,
        });
        updateCurrentSpan({
          name: "desk with Bearer abcdef0123456789",
          metadata: { card: 4111111111111111, "Bearer abcdef0123456789": 1, rows: 3 },
        });
        updateCurrentSpan({ metadata: many });
      }
    }
    new Desk().work();
    await telemetry.shutdown();
    const [span] = receiver.spans;
    expect(span?.name).toBe("desk with Bearer [redacted]");
    const event = span?.events[0];
    expect(event?.name).toMatch(/^sent Bearer \[redacted\] x{50,}\.\.\.\[cut\]$/);
    expect(event?.attributes).toMatchObject({ password: "[redacted]", card: "[redacted]", count: 7 });
    expect(Object.keys(event?.attributes ?? {})).toHaveLength(128);
    expect(span?.attributes).toMatchObject({
      "respan.metadata.card": "[redacted]",
      "respan.metadata.Bearer [redacted]": 1,
      "respan.metadata.rows": 3,
    });
    expect(Object.keys(span?.attributes ?? {}).length).toBeLessThan(150);
  });
});
