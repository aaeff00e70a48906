import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { bindToScope, propagateAttributes } from "../../lib/index.js";
import { InProcess, eachInProcess } from "./in-process.js";

const CUSTOMER = "respan.customer_params.customer_identifier";
const THREAD = "respan.threads.thread_identifier";

describe("propagateAttributes", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  it("stamps every attribute of the wire contract on a span that a foreign instrumentation starts", () => {
    propagateAttributes(
      {
        customerIdentifier: "c",
        customerEmail: "c@example.com",
        customerName: "C",
        threadIdentifier: "t",
        customIdentifier: "x",
        groupIdentifier: "g",
        evaluationIdentifier: "e",
        environment: "staging",
        metadata: { text: "a", number: 1.5, yes: true, list: [1, "b"], nested: { x: 1 }, nothing: null },
        prompt: { promptId: "p1", variables: { name: "Maya" } },
      },
      () => host.foreignSpan("GET /"),
    );
    expect(host.attributesOf("GET /")).toEqual({
      "respan.customer_params.customer_identifier": "c",
      "respan.customer_params.email": "c@example.com",
      "respan.customer_params.name": "C",
      "respan.threads.thread_identifier": "t",
      "respan.span_params.custom_identifier": "x",
      "respan.trace.trace_group_identifier": "g",
      "respan.evaluation_params.evaluation_identifier": "e",
      "respan.environment": "staging",
      "respan.metadata.text": "a",
      "respan.metadata.number": 1.5,
      "respan.metadata.yes": true,
      "respan.metadata.list": '[1,"b"]',
      "respan.metadata.nested": '{"x":1}',
      "respan.metadata.nothing": "null",
      "respan.metadata._tracing_sdk_version": expect.any(String) as string,
      "respan.prompt": '{"prompt_id":"p1","variables":{"name":"Maya"}}',
      "traceloop.entity.path": "",
    });
  });

  it("lets an inner scope override identifiers and merge metadata key by key, and gives the outer one back", () => {
    propagateAttributes({ customerIdentifier: "outer", threadIdentifier: "t", metadata: { a: "1", b: "2" } }, () => {
      propagateAttributes({ customerIdentifier: "inner", metadata: { b: "3" } }, () => host.foreignSpan("inner"));
      host.foreignSpan("outer");
    });
    host.foreignSpan("outside");
    expect(host.attributesOf("inner")).toMatchObject({
      [CUSTOMER]: "inner",
      [THREAD]: "t",
      "respan.metadata.a": "1",
      "respan.metadata.b": "3",
    });
    expect(host.attributesOf("outer")).toMatchObject({ [CUSTOMER]: "outer", "respan.metadata.b": "2" });
    expect(host.attributesOf("outside")).not.toHaveProperty([CUSTOMER]);
  });

  it("holds across await, timers, event emitters and Promise.all", async () => {
    const emitter = new EventEmitter();
    await propagateAttributes({ customerIdentifier: "c" }, async () => {
      emitter.on("tick", () => host.foreignSpan("emitter"));
      await sleep(1);
      host.foreignSpan("await");
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          host.foreignSpan("timer");
          resolve();
        }, 1);
      });
      emitter.emit("tick");
      await Promise.all(
        ["all 1", "all 2"].map(async (name) => {
          await sleep(1);
          host.foreignSpan(name);
        }),
      );
    });
    for (const name of ["await", "timer", "emitter", "all 1", "all 2"]) {
      expect(host.attributesOf(name)).toHaveProperty([CUSTOMER], "c");
    }
  });

  it("runs the body of a generator in the scope at each step, and its consumer outside it", () => {
    const steps = propagateAttributes({ customerIdentifier: "c" }, function* () {
      host.foreignSpan("step 1");
      yield 1;
      host.foreignSpan("step 2");
      yield 2;
    });
    const seen: number[] = [];
    for (const value of steps) {
      host.foreignSpan(`consumer ${value}`);
      seen.push(value);
    }
    expect(seen).toEqual([1, 2]);
    expect(host.attributesOf("step 1")).toHaveProperty([CUSTOMER], "c");
    expect(host.attributesOf("step 2")).toHaveProperty([CUSTOMER], "c");
    expect(host.attributesOf("consumer 1")).not.toHaveProperty([CUSTOMER]);
  });

  it("runs the body of an async generator in the scope, with its own return and throw", async () => {
    const made = propagateAttributes({ customerIdentifier: "c" }, async function* () {
      try {
        await sleep(1);
        yield 1;
        yield 2;
      } finally {
        host.foreignSpan("cleanup");
      }
    });
    for await (const value of made) {
      if (value === 1) break;
    }
    expect(host.attributesOf("cleanup")).toHaveProperty([CUSTOMER], "c");
  });

  it("returns what the function returns and throws what it throws, the same objects", () => {
    const result = {};
    const error = new Error("mine");
    expect(propagateAttributes({}, () => result)).toBe(result);
    expect(() =>
      propagateAttributes({}, () => {
        throw error;
      }),
    ).toThrow(error);
  });

  it("never lets one of 1,000 interleaved requests see another's customer, thread or metadata", async () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    await Promise.all(
      numbers.map((index) =>
        propagateAttributes({ customerIdentifier: `customer ${index}`, metadata: { request: index } }, async () => {
          for (let step = 0; step < 3; step++) {
            await (index % 2 === 0 ? sleep(index % 7) : Promise.resolve());
            await propagateAttributes({ threadIdentifier: `thread ${index}.${step}` }, async () => {
              await new Promise((resolve) => setImmediate(resolve));
              host.foreignSpan(`${index}.${step}`);
            });
          }
        }),
      ),
    );
    expect(host.spans).toHaveLength(3_000);
    for (const span of host.spans) {
      const [index] = span.name.split(".");
      expect(span.attributes).toMatchObject({
        [CUSTOMER]: `customer ${index}`,
        [THREAD]: `thread ${span.name}`,
        "respan.metadata.request": Number(index),
      });
    }
  });

  it("equals a reference model under arbitrary interleavings", async () => {
    interface Node {
      customer: string | undefined;
      metadata: Record<string, string>;
      wait: number;
      children: readonly Node[];
    }
    const node = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.record({
        customer: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
        metadata: fc.dictionary(fc.constantFrom("k1", "k2", "k3"), fc.constantFrom("v1", "v2")),
        wait: fc.nat(2),
        children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie("node"), { maxLength: 3 })),
      }),
    })).node;
    await fc.assert(
      fc.asyncProperty(node, async (root) => {
        host.exporter.reset();
        const expected = new Map<string, Record<string, string>>();
        const visit = (
          at: Node,
          name: string,
          customer: string | undefined,
          metadata: Record<string, string>,
        ): Promise<void> => {
          const merged = { ...metadata, ...at.metadata };
          const own = at.customer ?? customer;
          return propagateAttributes({ customerIdentifier: at.customer, metadata: at.metadata }, async () => {
            for (let tick = 0; tick < at.wait; tick++) await Promise.resolve();
            expected.set(name, {
              ...(own === undefined ? {} : { [CUSTOMER]: own }),
              ...Object.fromEntries(Object.entries(merged).map(([key, value]) => [`respan.metadata.${key}`, value])),
            });
            host.foreignSpan(name);
            await Promise.all(at.children.map((child, index) => visit(child, `${name}.${index}`, own, merged)));
          });
        };
        await visit(root, "root", undefined, {});
        for (const span of host.spans) {
          const {
            "respan.metadata._tracing_sdk_version": version,
            "traceloop.entity.path": path,
            ...rest
          } = span.attributes;
          expect([version, path]).toEqual([expect.any(String), ""]);
          expect(rest).toEqual(expected.get(span.name));
        }
        expect(host.spans).toHaveLength(expected.size);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
  });
});

describe("bindToScope", () => {
  it("brings a callback back to the scope where it was bound, with its own this and arguments", () => {
    using host = new InProcess();
    const bound = propagateAttributes({ customerIdentifier: "c" }, () =>
      bindToScope(function (this: { base: number }, add: number) {
        host.foreignSpan("callback");
        return this.base + add;
      }),
    );
    expect(bound.call({ base: 1 }, 2)).toBe(3);
    expect(host.attributesOf("callback")).toHaveProperty([CUSTOMER], "c");
  });
});
