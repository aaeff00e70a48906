import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import type { TracedInstructorConfig } from "../../../lib/instructor/client/client-types.js";
import { InstructorInstrumentor } from "../../../lib/instructor/instrumentor/instrumentor.js";
import { prototypeOf } from "../../../lib/instructor/instrumentor/prototype-patch.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";

const client = new OpenAI({ apiKey: "sk-local" });
const make = createTracedInstructor as (...args: unknown[]) => unknown;

/** Throws whatever is read of it. */
const hostile: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error("no");
    },
  },
);

const NO_CLIENT =
  'createTracedInstructor: option "client" must be a client with chat.completions.create, such as new OpenAI(), got';
const NO_MODE =
  'createTracedInstructor: option "mode" must be one of TOOLS, FUNCTIONS, JSON, MD_JSON, JSON_SCHEMA, THINKING_MD_JSON, got';

describe("createTracedInstructor", () => {
  it.each<[what: string, args: unknown[], message: string]>([
    ["no argument", [], "createTracedInstructor takes a configuration or an OpenAI client, got undefined"],
    ["null", [null], "createTracedInstructor takes a configuration or an OpenAI client, got null"],
    [
      "a key",
      ["sk-proj-4711"],
      "createTracedInstructor takes a configuration or an OpenAI client, got a text of 12 characters [redacted]",
    ],
    ["a function", [() => client], "createTracedInstructor takes a configuration or an OpenAI client, got a function"],
    ["no client", [{}], `${NO_CLIENT} undefined`],
    ["a client that is none", [{ client: {} }], `${NO_CLIENT} an object`],
    ["a client without create", [{ client: { chat: { completions: { create: true } } } }], `${NO_CLIENT} an object`],
    ["a client that cannot be read", [{ client: hostile }], `${NO_CLIENT} an object`],
    ["a mode that is none", [{ client, mode: "TOOL" }], `${NO_MODE} "TOOL"`],
    ["a mode in small letters, by itself", [client, "md_json"], `${NO_MODE} "md_json"`],
    ["a mode of other letters", [client, "TOOLS!"], `${NO_MODE} a text of 6 characters [redacted]`],
    ["a mode of twenty letters", [client, "T".repeat(20)], `${NO_MODE} "${"T".repeat(20)}"`],
    ["a mode as long as a key", [client, "T".repeat(21)], `${NO_MODE} a text of 21 characters [redacted]`],
    [
      "a logger that is an object",
      [{ client, logger: console }],
      'createTracedInstructor: option "logger" must be a function, got an object',
    ],
    [
      "Instructor's name",
      [{ client, Instructor: "Instructor" }],
      'createTracedInstructor: option "Instructor" must be the default export of @instructor-ai/instructor, got "Instructor"',
    ],
    [
      "traceContent as a number",
      [{ client, traceContent: 0 }],
      'createTracedInstructor: option "traceContent" must be a boolean or a function, got 0',
    ],
    [
      "an option misspelt",
      [{ client, modes: "TOOLS" }],
      'createTracedInstructor has no option "modes"; did you mean "mode"?',
    ],
    [
      "an option of another kind of thing",
      [{ client, schema: {} }],
      'createTracedInstructor has no option "schema"; the options are client, mode, debug, logger, retryAllErrors, traceContent, streamUsage, Instructor',
    ],
  ])("refuses %s, and says what it wants", (_, args, message) => {
    expect(() => make(...args)).toThrow(new TypeError(message));
  });

  describe("gives Instructor what is its own", () => {
    const given: object[] = [];
    const factory = (config: Parameters<typeof Instructor>[0]) => {
      given.push(config);
      return Instructor(config);
    };
    beforeEach(() => given.splice(0));

    it.each<[what: string, config: Omit<TracedInstructorConfig<OpenAI>, "client">, expected: object]>([
      ["a mode alone", {}, { mode: "TOOLS" }],
      ["what is undefined left out", { mode: undefined, debug: undefined, logger: undefined }, { mode: "TOOLS" }],
      [
        "every option of its own",
        { mode: "JSON", debug: false, logger: jest.fn(), retryAllErrors: true },
        { mode: "JSON", debug: false, logger: expect.any(Function) as unknown, retryAllErrors: true },
      ],
      ["nothing of ours", { mode: "FUNCTIONS", traceContent: () => false }, { mode: "FUNCTIONS" }],
      ["nothing of a yes or no", { traceContent: false }, { mode: "TOOLS" }],
    ])("%s", (_, config, expected) => {
      createTracedInstructor({ client, ...config, Instructor: factory });
      expect(given).toHaveLength(1);
      expect(given[0]).toStrictEqual({ client, ...expected });
    });
  });

  it.each<[what: string, made: unknown]>([
    ["nothing", undefined],
    ["an object", {}],
    ["one of two methods", { chatCompletionStandard: () => undefined }],
    ["the other of two methods", { chatCompletionStream: () => undefined }],
    ["what cannot be read", hostile],
  ])("refuses an Instructor that gives %s", (_, made) => {
    const message =
      "createTracedInstructor: this version of @instructor-ai/instructor is not supported; 1.6 and 1.7 are";
    expect(() => createTracedInstructor({ client, Instructor: () => made })).toThrow(new TypeError(message));
    expect(() => new InstructorInstrumentor().instrument(made as never)).toThrow(
      new TypeError(
        "InstructorInstrumentor.instrument: its argument must be what Instructor(…) returned, or an OpenAI client",
      ),
    );
  });
});

describe("the instrumentor", () => {
  it.each<[what: string, made: () => object]>([
    ["objects of no class", () => Object.create(null) as object],
    ["objects of any class", () => ({})],
    [
      "objects with methods of their own",
      () => ({ chatCompletionStandard: jest.fn(), chatCompletionStream: jest.fn() }),
    ],
  ])("refuses a build of Instructor that makes %s", (_, made) => {
    expect(() => prototypeOf(made as never)).toThrow(
      new Error("InstructorInstrumentor: this version of @instructor-ai/instructor is not supported; 1.6 and 1.7 are"),
    );
  });

  it("finds the one prototype of all clients of a build", () => {
    const instance = Instructor({ client, mode: "JSON" });
    expect(prototypeOf(Instructor as never)).toBe(Object.getPrototypeOf(instance));
  });

  it.each([null, 0, "no", {}])("refuses %p for traceContent", (traceContent) => {
    expect(() => new InstructorInstrumentor({ traceContent: traceContent as never })).toThrow(
      /^InstructorInstrumentor: option "traceContent" must be a boolean or a function, got /,
    );
  });

  it.each(["tracecontent", "traceContents", "trace_content", "captureContent", "recordContent"])(
    "refuses %s, which would leave content on",
    (option) => {
      const options = { [option]: false };
      expect(() => new InstructorInstrumentor(options)).toThrow(
        new TypeError(`InstructorInstrumentor has no option "${option}"; did you mean "traceContent"?`),
      );
    },
  );

  it.each([
    [null, "null"],
    [false, "false"],
    ["sk-4711", "a text of 7 characters [redacted]"],
    [() => false, "a function"],
  ])("refuses %p in place of options", (options, got) => {
    expect(() => new InstructorInstrumentor(options as never)).toThrow(
      new TypeError(`InstructorInstrumentor takes an object of options, got ${got}`),
    );
  });
});
