import { z } from "zod";
import type { StructuredRequest } from "../../../lib/instructor/call/request.js";
import { hasSchema, isStructured, readRequest, withSchema } from "../../../lib/instructor/call/request.js";

const refuse = (): never => {
  throw new Error("refused");
};

const model = { schema: z.object({ customer: z.string() }), name: "Ticket", description: "A ticket" };
const full = {
  model: "m",
  messages: [{ role: "user", content: "Who?" }],
  response_model: model,
  max_retries: 2,
  tools: [{ type: "function" }],
  temperature: 0.5,
  top_p: 0.25,
  max_tokens: 10,
  max_completion_tokens: 11,
  frequency_penalty: 1,
  presence_penalty: -1,
  reasoning_effort: "low",
  seed: 7,
  n: 2,
  top_k: 40,
  service_tier: "flex",
  stop: ["END"],
};
const without = (key: string) => Object.fromEntries(Object.entries(full).filter(([name]) => name !== key));

describe("what a span tells of a request", () => {
  it("is every parameter that it has a name for, and no other", () => {
    expect(readRequest({ ...full, user: "ada", metadata: {} })).toStrictEqual(full);
  });

  it.each(Object.keys(full))("is all the rest where %s throws when it is read", (key) => {
    const request = Object.defineProperty({ ...full }, key, { get: refuse });
    expect(readRequest(request)).toStrictEqual(without(key));
  });

  it("reads each parameter once", () => {
    const read: PropertyKey[] = [];
    const counting = new Proxy(full, {
      get(target, key) {
        read.push(key);
        return Reflect.get(target, key) as unknown;
      },
    });
    readRequest(counting);
    expect(read.toSorted()).toEqual(Object.keys(full).toSorted());
  });
});

describe("a response model", () => {
  it.each<[what: string, given: unknown, isRead: boolean]>([
    ["of Zod", model, true],
    ["with any object for a schema", { name: "Ticket", schema: {} }, true],
    ["with null for a schema", { name: "Ticket", schema: null }, false],
    ["with a text for a schema", { name: "Ticket", schema: "{}" }, false],
    ["with a function for a schema", { name: "Ticket", schema: refuse }, false],
    ["without a schema", { name: "Ticket" }, false],
    ["that is null", null, false],
    ["that is absent", undefined, false],
  ])("%s has a schema to be read or not", (_, given, isRead) => {
    expect(hasSchema(given as never)).toBe(isRead);
  });

  it("is what makes a request a structured one, whatever it is", () => {
    for (const response_model of [model, undefined, null]) expect(isStructured({ response_model })).toBe(true);
    for (const request of [{}, [], null, undefined, "response_model"]) expect(isStructured(request)).toBe(false);
  });

  it("with another schema keeps its name and description, and the request all else", () => {
    const schema = z.object({});
    const request: StructuredRequest = Object.freeze({ ...full, response_model: Object.freeze(model) });
    expect(withSchema(request, schema)).toStrictEqual({ ...full, response_model: { ...model, schema } });
  });
});
