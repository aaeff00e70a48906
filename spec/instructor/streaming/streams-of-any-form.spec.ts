import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import type { World } from "../world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "../world.js";

const messages = [{ role: "user" as const, content: "Who?" }];
const plain = { model: "some-model", messages, stream: true as const };
const structured = {
  model: "some-model",
  messages,
  response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" },
};

muteConsole();
let world: World;
eachWorld((made) => (world = made));

type Create = (request: Record<string, unknown>, options?: unknown) => unknown;

/** A client of a provider that takes `include_usage`, with streams of its own. */
const answering = (create: Create) =>
  createTracedInstructor({
    client: { baseURL: "https://openrouter.ai/api/v1", chat: { completions: { create } } },
    mode: "JSON",
  });
const ask = async (create: Create, params: object = {}, options?: object): Promise<unknown> =>
  answering(create).chat.completions.create({ ...plain, ...params } as never, options);

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const said = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
/** As they come where the usage is asked for. */
const chunks = (...texts: string[]) => [
  ...texts.map((text) => ({ ...said(text), usage: null })),
  { choices: [], usage: USAGE },
];

async function* generate(all: Iterable<unknown>): AsyncGenerator<unknown, void, undefined> {
  for (const one of all) yield await Promise.resolve(one);
}

class OwnStream {
  constructor(private readonly all: Iterable<unknown>) {}
  iterator(): AsyncIterator<unknown> {
    return generate(this.all);
  }
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.iterator();
  }
}

const FORMS: readonly [what: string, make: (all: Iterable<unknown>) => object][] = [
  ["a generator", generate],
  ["an iterable", (all) => ({ [Symbol.asyncIterator]: () => generate(all) })],
  ["a stream of OpenAI's kind", (all) => new OwnStream(all)],
];

const outcomeOf = async () => attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);

describe.each(FORMS)("a provider's stream that is %s", (_, make) => {
  it("stays the provider's object, and is told of without the usage that only the span asked for", async () => {
    const stream = make(chunks("He", "llo"));
    const given = await ask(() => stream);
    expect(given).toBe(stream);
    expect(Object.keys(stream)).toEqual(Object.keys(make([])));
    expect(await collect(given as AsyncIterable<unknown>)).toEqual([said("He"), said("llo")]);
    expect((await world.span()).attributes).toMatchObject({
      "gen_ai.completion.0.content": "Hello",
      "llm.usage.total_tokens": 7,
    });
    expect(await outcomeOf()).toEqual(["success"]);
  });

  it("gives all that came where the caller asked for it", async () => {
    const stream = make(chunks("Hello"));
    const given = await ask(() => stream, { stream_options: { include_usage: true } });
    expect(await collect(given as AsyncIterable<unknown>)).toEqual(chunks("Hello"));
    expect((await world.span()).attributes["llm.usage.total_tokens"]).toBe(7);
  });

  it("gives chunks of a form of their own as they are", async () => {
    const unreadable = {
      get choices(): never {
        throw new Error("no");
      },
    };
    const own = [null, "text", 7, {}, { usage: 0 }, { usage: USAGE }, { choices: "none", usage: null }, unreadable];
    const given = await ask(() => make([...own, said("Hi")]));
    const seen = await collect(given as AsyncIterable<unknown>);
    // The usage alone is there because it was asked for.
    expect(seen).toHaveLength(own.length);
    expect(seen.slice(0, 5)).toEqual(own.slice(0, 5));
    expect(seen.at(5)).toEqual({ choices: "none" });
    expect(seen.at(6)).toBe(unreadable);
    expect((await world.span()).attributes["gen_ai.completion.0.content"]).toBe("Hi");
  });

  it("fails with its own error, after what came", async () => {
    const own = new Error("broken");
    function* breaking(): Generator {
      yield said("He");
      throw own;
    }
    const given = (await ask(() => make(breaking()))) as AsyncIterable<unknown>;
    await expect(collect(given)).rejects.toBe(own);
    const span = await world.span();
    expect(span.status).toEqual({ code: 2, message: "broken" });
    expect(span.attributes["gen_ai.completion.0.content"]).toBe("He");
    expect(await outcomeOf()).toEqual(["provider_error"]);
  });

  it.each<[whose: string, more: object, options: object | undefined]>([
    ["its own signal", { controller: { signal: AbortSignal.abort() } }, undefined],
    ["the caller's signal", {}, { signal: AbortSignal.abort() }],
    ["the caller's signal, with no controller of its own", { controller: null }, { signal: AbortSignal.abort() }],
  ])("that ends because of %s was stopped", async (_whose, more, options) => {
    const stream = Object.assign(make([said("He")]), more);
    await collect((await ask(() => stream, {}, options)) as AsyncIterable<unknown>);
    expect(await outcomeOf()).toEqual(["aborted"]);
    expect((await world.span()).attributes["gen_ai.completion.0.content"]).toBe("He");
  });

  it("does not need a controller that can be read", async () => {
    const stream = Object.defineProperty(make([said("He")]), "controller", {
      get: () => {
        throw new Error("no");
      },
    });
    await collect((await ask(() => stream)) as AsyncIterable<unknown>);
    expect(await outcomeOf()).toEqual(["success"]);
  });

  it("is read by createPartial and createIterable", async () => {
    const partials = await collect(
      answering(() => make(chunks('{"customer": "Ac', 'me"}'))).createPartial(structured as never),
    );
    expect(partials).toEqual([
      { customer: "Ac", _meta: { usage: undefined, _isValid: false } },
      { customer: "Acme", _meta: { usage: undefined, _isValid: true } },
    ]);
    const items = answering(() => make(chunks('{"items": [{"customer": "A"}, ', '{"customer": "B"}]}')));
    expect(await collect(items.createIterable(structured as never))).toEqual([{ customer: "A" }, { customer: "B" }]);
    for (const { attributes, status } of await world.spans()) {
      expect(status.code).toBe(1);
      expect(attributes["llm.usage.total_tokens"]).toBe(7);
    }
  });
});

it.each(FORMS)("a stream that cannot be observed, %s that is frozen, is given all the same", async (_, make) => {
  const stream = Object.freeze(make(chunks("Hello")));
  const given = await ask(() => stream);
  expect(given).toBe(stream);
  expect(await collect(given as AsyncIterable<unknown>)).toEqual(chunks("Hello"));
  expect(await world.spans()).toEqual([]);
  await world.telemetry.shutdown();
  expect(await outcomeOf()).toEqual(["aborted"]);
});

it("a stream that cannot be observed and breaks fails its call all the same", async () => {
  const own = new Error("broken");
  function* breaking(): Generator {
    yield said('{"customer": "A');
    throw own;
  }
  const partials = answering(() => Object.freeze(generate(breaking()))).createPartial(structured);
  await expect(collect(partials)).rejects.toBe(own);
  expect((await world.span()).status).toEqual({ code: 2, message: "broken" });
  expect(await outcomeOf()).toEqual(["provider_error"]);
});

describe("an iterable that starts anew for each consumer", () => {
  it("is told of as its first one sees it", async () => {
    const given = (await ask(() => new OwnStream(chunks("Hello")))) as AsyncIterable<unknown>;
    await collect(given);
    expect(await collect(given)).toHaveLength(2);
    expect((await world.span()).attributes["llm.usage.total_tokens"]).toBe(7);
  });
});

describe("the request for a stream", () => {
  it.each<[what: string, options: object, sent: unknown]>([
    ["nothing of options", {}, { include_usage: true }],
    ["null for options", { stream_options: null }, { include_usage: true }],
    ["other options", { stream_options: { other: 1 } }, { other: 1, include_usage: true }],
    ["the usage", { stream_options: { include_usage: true, other: 1 } }, { include_usage: true, other: 1 }],
    ["no usage", { stream_options: { include_usage: false } }, { include_usage: false }],
    ["no choice of usage", { stream_options: { include_usage: undefined } }, { include_usage: undefined }],
  ])(
    "asks for its usage beside what the caller says, and leaves the caller's own alone: %s",
    async (_, options, sent) => {
      const asked: unknown[] = [];
      const params = structuredClone(options);
      const create: Create = (request) => {
        asked.push(request.stream_options);
        return generate([said('{"customer": "A"}')]);
      };
      await collect((await ask(create, params)) as AsyncIterable<unknown>);
      await collect(answering(create).createPartial({ ...structured, ...params }));
      expect(asked).toEqual([sent, sent]);
      expect(params).toEqual(options);
    },
  );
});

describe("a generator that does not wait, in place of a stream,", () => {
  function* given() {
    yield said('{"customer": "Ac');
    yield said('me"}');
  }

  it("is given as it is", async () => {
    const stream = given();
    expect(await ask(() => stream)).toBe(stream);
    expect([...stream]).toEqual([...given()]);
    expect(await outcomeOf()).toEqual(["success"]);
  });

  it("is read like one", async () => {
    const partials = await collect(answering(given).createPartial(structured as never));
    expect(partials.at(-1)).toEqual({ customer: "Acme", _meta: { usage: undefined, _isValid: true } });
    const native = (await ask(given, structured)) as AsyncIterable<unknown>;
    expect((await collect(native)).at(-1)).toMatchObject({ customer: "Acme" });
    expect((await world.spans()).map(({ status }) => status.code)).toEqual([1, 1]);
  });
});

it.each([null, undefined, "text", 7, {}])("what is no stream, %j, is handed on as it is", async (answer) => {
  expect(await ask(() => answer)).toBe(answer);
});
