import { isUnwantedPromise } from "../../lib/capture/user-values";

describe("a user's function that was asked for a plain value", () => {
  it.each([undefined, null, 0, "text", true, {}, [], { then: 1 }, () => 1].map((value) => [value]))(
    "has given one: %p",
    (value) => {
      expect(isUnwantedPromise(value)).toBe(false);
    },
  );

  it.each<[string, unknown]>([
    ["a promise", Promise.resolve(1)],
    ["an object with a then", { then: () => undefined }],
    ["a function with a then", Object.assign(() => 1, { then: () => undefined })],
    [
      "a value that throws when it is asked",
      {
        get then(): unknown {
          throw new Error("no");
        },
      },
    ],
  ])("has given none: %s", (_what, value) => {
    expect(isUnwantedPromise(value)).toBe(true);
  });

  it("ends no process by the rejection of a promise that no one waits for", async () => {
    const unhandled = jest.fn();
    process.on("unhandledRejection", unhandled);
    try {
      expect(isUnwantedPromise(Promise.reject(new Error("no")))).toBe(true);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", unhandled);
    }
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("sets nothing going by asking, and survives a promise of a hostile class", () => {
    const then = jest.fn();
    expect(isUnwantedPromise({ then })).toBe(true);
    expect(then).not.toHaveBeenCalled();
    class Hostile extends Promise<number> {
      static override get [Symbol.species](): PromiseConstructor {
        throw new Error("no");
      }
    }
    expect(isUnwantedPromise(Hostile.resolve(1))).toBe(true);
  });
});
