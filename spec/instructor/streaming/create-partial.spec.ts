import type OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";

type Json = Record<string, unknown>;

/** A client whose model answers with these pieces of a tool call's arguments. */
function clientOf(pieces: readonly string[]) {
  const create = async () =>
    (async function* () {
      for (const text of pieces) {
        const delta = { tool_calls: [{ index: 0, function: { arguments: text } }] };
        yield { choices: [{ index: 0, delta, finish_reason: null }] };
      }
    })();
  // A client needs no more than this to be asked for a stream.
  const client = { baseURL: "http://127.0.0.1:9/v1", chat: { completions: { create } } } as unknown as OpenAI;
  return createTracedInstructor({ client, mode: "TOOLS" });
}

const request = {
  model: "gpt-4o-mini",
  messages: [],
  response_model: { schema: z.object({}).passthrough(), name: "Answer" },
};

async function partialsOf(pieces: readonly string[]) {
  const all: Json[] = [];
  for await (const partial of clientOf(pieces).createPartial(request)) all.push(partial);
  return all;
}

describe("the objects that createPartial yields", () => {
  it("keep a list's complete items while the next one grows", async () => {
    const partials = await partialsOf(['{"lines": [{"a": "x', '"}', ', {"a": "', "y", '"}]', ', "note": "', "z", '"}']);
    const lines = partials.map((partial) => partial.lines as object[]);
    expect(partials.map(({ lines: _, ...rest }) => rest.note)).toEqual([undefined, undefined, undefined, "", "z", "z"]);
    expect(new Set(lines.map(([first]) => first)).size).toBe(1);
    expect(new Set(lines)).toEqual(new Set([lines[0], lines[1], lines[2]]));
    expect(lines[3]).toBe(lines[2]);
    expect(lines[5]).toBe(lines[2]);
  });

  it("are not yielded again where a piece changes nothing", async () => {
    const partials = await partialsOf(['{"a": "x', '"', " ", ', "b"', ": ", "[", "]", "}"]);
    expect(partials.map(({ _meta, ...own }) => [own, (_meta as Json)._isValid])).toEqual([
      [{ a: "x" }, false],
      [{ a: "x", b: [] }, false],
      [{ a: "x", b: [] }, true],
    ]);
    expect(partials[1]?._meta).toBe(partials[0]?._meta);
    expect(partials[2]?.b).toBe(partials[1]?.b);
  });
});
