/** The application without any tracing: what all others are added to. */
import { ARGUMENT, Instructor, classified, openai } from "../application.mjs";

export function start() {
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
  const desk = new Desk();
  return {
    spans: () => undefined,
    flush: () => Promise.resolve(),
    nested: (text) => desk.extract(text),
    sync: (text) => desk.measure(text),
    items: (count) => desk.items(count),
    capture: (value) => desk.keep(value),
    wait: (gate) => {
      desk.gate = gate;
      return desk.wait(ARGUMENT);
    },
    structured: (fetch) => {
      const client = Instructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
