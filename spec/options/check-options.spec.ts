import { z } from "zod/v3";
import { assertOptions } from "../../lib/options/check-options.js";

const schema = z.object({
  size: z.number().optional().describe("a number"),
  label: z.string().describe("a text"),
  plain: z.boolean().optional(),
});

const check = (given: unknown, owner: object = {}) => {
  assertOptions(schema, given, { title: "Owner", ...owner });
};

describe("options of any owner", () => {
  it.each<[unknown, string]>([
    [{ size: "4" }, 'Owner: option "size" must be a number, got "4"'],
    [{ label: undefined }, 'Owner: option "label" must be a text, got undefined'],
    [{ plain: 1 }, 'Owner: option "plain" must be of another type, got 1'],
    [{ sise: 4 }, 'Owner has no option "sise"; did you mean "size"?'],
    [{ other: 4 }, 'Owner has no option "other"; the options are size, label, plain'],
    [{ ["y".repeat(500)]: 4 }, `Owner has no option "${"y".repeat(100)}"; the options are size, label, plain`],
    [[], "Owner takes an object of options, got an array of 0"],
    ["a key", "Owner takes an object of options, got a text of 5 characters [redacted]"],
    [undefined, "Owner takes an object of options, got undefined"],
  ])("%j", (given, message) => {
    expect(() => check(given)).toThrow(new TypeError(message));
  });

  it("fit where each one does; what is not given is not asked for", () => {
    expect(() => check({ size: 4, label: "a", plain: undefined })).not.toThrow();
    expect(() => check({})).not.toThrow();
  });

  it("do not show what their owner calls secret", () => {
    const isSecret = (option: string, value: unknown): boolean => option === "size" && value === "4711";
    expect(() => check({ size: "4711" }, { isSecret })).toThrow("got a text of 4 characters [redacted]");
    expect(() => check({ size: "4712" }, { isSecret })).toThrow('got "4712"');
  });

  it("are refused with the owner's error and in its words", () => {
    const owner = {
      prefix: "",
      takes: "options",
      error: (message: string, option: string) => new RangeError(`${option}|${message}`),
    };
    expect(() => check({ size: null }, owner)).toThrow(new RangeError('size|option "size" must be a number, got null'));
    expect(() => check({ sise: 4 }, owner)).toThrow(
      new RangeError('sise|Owner has no option "sise"; did you mean "size"?'),
    );
    expect(() => check(4, owner)).toThrow(new RangeError("options|Owner takes options, got 4"));
  });
});
