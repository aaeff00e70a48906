import {
  Agent,
  withAgent,
  Task,
  withTask,
  Tool,
  withTool,
  Workflow,
  withWorkflow,
} from "../../lib/decorators/decorators.js";

const OPTIONS =
  "name, version, customerIdentifier, customerEmail, customerName, threadIdentifier, sessionIdentifier, customIdentifier, groupIdentifier, " +
  "evaluationIdentifier, environment, metadata, properties, prompt, traceContent, captureInput, captureOutput";
const TEXT = "a string, or a function of the instance and the arguments that gives one";
const IDENTIFIER = "a string or a number, or a function of the instance and the arguments that gives one";
const SWITCH = "true, false or a function that chooses what is kept";
const NAME = `a string that is not empty, or a function of the instance and the arguments that gives one`;
const secret = `sk-${"a1B2".repeat(8)}`;

const given =
  (options: unknown, fn: unknown = () => 1) =>
  () =>
    withTask(options as string, fn as () => number);

describe("what a wrong option is answered with", () => {
  it.each<[string, unknown, string]>([
    ["name", "", `${NAME}, got ""`],
    ["name", 1, `${NAME}, got 1`],
    ["version", true, `${IDENTIFIER}, got true`],
    ["customerIdentifier", NaN, `${IDENTIFIER}, got NaN`],
    ["sessionIdentifier", null, `${IDENTIFIER}, got null`],
    ["properties", [], "an object, or a function of the instance and the arguments that gives one, got an array of 0"],
    ["customerEmail", null, `${TEXT}, got null`],
    ["customerName", ["Maya"], `${TEXT}, got an array of 1`],
    ["threadIdentifier", { a: "Maya" }, `${IDENTIFIER}, got an object`],
    ["customIdentifier", Symbol("Maya"), `${IDENTIFIER}, got a symbol`],
    ["groupIdentifier", 10n, `${IDENTIFIER}, got 10`],
    ["evaluationIdentifier", false, `${IDENTIFIER}, got false`],
    ["environment", /x/, `${TEXT}, got an object`],
    ["metadata", "Maya", `an object, or a function of the instance and the arguments that gives one, got "Maya"`],
    ["metadata", null, "an object, or a function of the instance and the arguments that gives one, got null"],
    ["metadata", [], "an object, or a function of the instance and the arguments that gives one, got an array of 0"],
    [
      "prompt",
      { promptId: 7 },
      "an object with a promptId (a string), or a function of the instance and the arguments that gives one, got an object",
    ],
    [
      "prompt",
      "p",
      'an object with a promptId (a string), or a function of the instance and the arguments that gives one, got "p"',
    ],
    [
      "traceContent",
      "no",
      'true, false or a function of the instance and the arguments that gives one of them, got "no"',
    ],
    ["captureInput", 1, `${SWITCH}, got 1`],
    ["captureOutput", "no", `${SWITCH}, got "no"`],
  ])("tells what the option must be, and what it is: %s %p", (option, value, message) => {
    expect(given({ [option]: value })).toThrow(new TypeError(`withTask: option "${option}" must be ${message}`));
  });

  it.each<[unknown, string]>([
    [() => undefined, "a function"],
    [[], "an array of 0"],
    [null, "null"],
    [7, "7"],
    [true, "true"],
    [Symbol("s"), "a symbol"],
  ])("tells what the options must be, and what they are: %p", (options, shown) => {
    expect(given(options)).toThrow(
      new TypeError(`withTask takes a name (a string) or an object of options, got ${shown}`),
    );
  });

  it.each([
    ["nam", 'did you mean "name"?'],
    ["capture_input", 'did you mean "captureInput"?'],
    ["toString", `the options are ${OPTIONS}`],
  ])("tells which option was meant, or which there are: %s", (option, hint) => {
    expect(given({ [option]: 1 })).toThrow(new TypeError(`withTask has no option "${option}"; ${hint}`));
  });

  it("shows of a text its beginning, without credentials", () => {
    expect(given({ metadata: "x".repeat(500) })).toThrow(new RegExp(`got "x{100}…"$`));
    expect(given({ metadata: `key ${secret}` })).toThrow(/got "key \[redacted\]"$/);
  });

  it("is none where an option is undefined, or fits", () => {
    const fitting = {
      name: () => "n",
      version: undefined,
      customerIdentifier: () => undefined,
      metadata: () => ({}),
      prompt: () => ({ promptId: "p" }),
      traceContent: () => true,
      captureInput: false,
      captureOutput: () => undefined,
    };
    expect(given(fitting)()).toBe(1);
    expect(given({ metadata: {}, prompt: { promptId: "p" }, name: " n " })()).toBe(1);
    expect(given({ prompt: { prompt_id: "p", version: 2, variables: {} } })()).toBe(1);
    expect(given(Object.fromEntries(OPTIONS.split(", ").map((option) => [option, undefined])))()).toBe(1);
    expect(given(undefined)()).toBe(1);
  });
});

describe.each([
  ["Workflow", Workflow, withWorkflow],
  ["Task", Task, withTask],
  ["Agent", Agent, withAgent],
  ["Tool", Tool, withTool],
])("@%s and its function form", (name, decorator, form) => {
  it("are known by their names", () => {
    expect([decorator.name, form.name]).toEqual([name, `with${name}`]);
    const untyped = form as (...args: unknown[]) => unknown;
    expect(() => untyped({ nam: 1 }, () => 1)).toThrow(`with${name} has no option "nam"`);
    expect(() => {
      class Desk {
        @((decorator as unknown as (options: unknown) => (...call: unknown[]) => never)({ nam: 1 })) run(): void {}
      }
      return Desk;
    }).toThrow(`@${name} on run has no option "nam"`);
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    ["text", "string"],
    [null, "object"],
    [{}, "object"],
  ])("want a function to call, not %p", (fn, type) => {
    const untyped = form as (...args: unknown[]) => unknown;
    expect(() => untyped("name", fn)).toThrow(
      new TypeError(`with${name}: the second argument must be a function, got ${type}`),
    );
  });

  it("do nothing without telemetry but what is asked of them", () => {
    const seen: unknown[] = [];
    const result = {};
    function run(this: unknown, ...args: unknown[]): object {
      seen.push(this, ...args);
      return result;
    }
    expect((form as (...args: unknown[]) => unknown)({}, run, 1, "a")).toBe(result);
    expect(seen).toEqual([undefined, 1, "a"]);
  });
});
