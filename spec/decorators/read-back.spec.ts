import "reflect-metadata";
import { Task } from "../../lib/decorators/decorators.js";
import { getTraceMetadata } from "../../lib/decorators/trace-metadata.js";

describe("what can be read back of a decorator", () => {
  class Desk {
    @Task("given") run(): void {}
    @Task("shared") static shared(): void {}
  }
  const told = { kind: "task", name: "given" };

  it("is under a name that every copy of this package knows", () => {
    const key = Symbol.for("respan-instructor.trace-metadata");
    expect(
      Reflect.getOwnMetadata(key, Object.getOwnPropertyDescriptor(Desk.prototype, "run")?.value as object),
    ).toEqual(told);
  });

  it.each<[string, object, string, unknown]>([
    ["a class", Desk, "run", told],
    ["its prototype", Desk.prototype, "run", told],
    ["an instance", new Desk(), "run", told],
    ["an object that holds a class's prototype", { prototype: Desk.prototype }, "run", undefined],
    ["an object that holds nothing there", { prototype: null }, "run", undefined],
    [
      "a function without a prototype",
      Object.assign(() => 1, { run: Desk.shared }),
      "run",
      { ...told, name: "shared" },
    ],
    ["a function whose prototype is null", Object.assign(function () {}, { prototype: null }), "run", undefined],
    ["an object whose member is no function", { run: 1 }, "run", undefined],
    ["an object whose member is nothing", { run: undefined }, "run", undefined],
    ["an object whose member is a getter", Object.defineProperty({}, "run", { get: () => 1 }), "run", undefined],
    ["an object without a prototype", Object.create(null) as object, "run", undefined],
  ])("is asked of %s", (_, target, member, expected) => {
    expect(getTraceMetadata(target, member)).toEqual(expected);
  });
});
