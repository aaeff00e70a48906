/** The built package, used as in its README. */
import { ARGUMENT, BARE_CLIENT, BareInstructor, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";
/** Applies a decorator to a method as compiled code does: Node does not support decorator syntax yet. */
function decorate(Class, name, decorator) {
  const addInitializer = () => undefined;
  const context = { kind: "method", name, static: false, private: false, addInitializer, metadata: undefined };
  const value = decorator(Class.prototype[name], context);
  Object.defineProperty(Class.prototype, name, { value, writable: true, configurable: true });
}

/**
 * @param settings.dist another build of the package, to be compared with this one
 * @param settings.tracing `"absent"`: no telemetry is constructed; `"disabled"`; `"unsampled"`; default: on
 */
export async function start({ url, tracing = "on", dist = process.env.BENCH_DIST ?? "../../dist/esm/index.js" }) {
  const { RespanTelemetry, Task, Workflow, createTracedInstructor, propagateAttributes } = await import(dist);
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  const telemetry =
    tracing === "absent"
      ? undefined
      : new RespanTelemetry({
          apiKey: "bench",
          isAutoInstrument: false,
          ...(dropping === undefined ? { baseUrl: url } : { exporter: dropping }),
          ...(tracing === "disabled" ? { isEnabled: false } : {}),
          ...(tracing === "unsampled" ? { sampleRate: 0 } : {}),
        });

  class Desk {
    async extract(text) {
      return this.classify(text);
    }
    async classify(text) {
      return classified(text);
    }
    measure(text) {
      return classified(text);
    }
    *items(count) {
      for (let index = 0; index < count; index++) yield index;
    }
    keep() {
      return true;
    }
    async wait(text) {
      await this.gate;
      return classified(text);
    }
  }
  decorate(Desk, "extract", Workflow({ name: "extract" }));
  decorate(Desk, "classify", Task({ name: "classify" }));
  decorate(Desk, "measure", Task({ name: "measure" }));
  decorate(Desk, "items", Task({ name: "items" }));
  decorate(Desk, "keep", Task({ name: "keep" }));
  decorate(Desk, "wait", Task({ name: "wait" }));

  const desk = new Desk();
  return {
    spans: () => dropping?.spans,
    flush: () => telemetry?.flush() ?? Promise.resolve(),
    nested: (text) => desk.extract(text),
    sync: (text) => desk.measure(text),
    syncWithMetadata: (text) => desk.measure(text),
    items: (count) => desk.items(count),
    capture: (value) => desk.keep(value),
    wait: (gate) => {
      desk.gate = gate;
      return desk.wait(ARGUMENT);
    },
    withMetadata: (metadata, fn) => propagateAttributes({ metadata }, fn),
    bare: () => {
      const make = (config) => new BareInstructor(config);
      const client = createTracedInstructor({ client: BARE_CLIENT, mode: "TOOLS", Instructor: make });
      return (request) => client.chat.completions.create(request);
    },
    structured: (fetch) => {
      const client = createTracedInstructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
