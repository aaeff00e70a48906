/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/class-literal-property-style --
   classes that are never used: their definition throws */
import { Agent } from "../../../lib/decorators/decorators.js";
import { Task } from "../../../lib/decorators/decorators.js";
import { Tool } from "../../../lib/decorators/decorators.js";
import { Workflow } from "../../../lib/decorators/decorators.js";

const member: unique symbol = Symbol.for("s");

/** The decorators as code without types sees them. */
type Untyped = (...given: unknown[]) => never;

describe.each([
  ["Workflow", Workflow],
  ["Task", Task],
  ["Agent", Agent],
  ["Tool", Tool],
])("@%s on anything but a method", (name, decorator) => {
  const bare = decorator as unknown as Untyped;
  const called = (decorator as unknown as (name: string) => Untyped)("named");

  const defined: [string, () => unknown, string][] = [
    [
      "a field",
      () => {
        class Desk {
          @bare field = 1;
        }
        return Desk;
      },
      "Desk.field is a field",
    ],
    [
      "a field that holds a function",
      () => {
        class Desk {
          @called run = (): number => 1;
        }
        return Desk;
      },
      "Desk.run is a field",
    ],
    [
      "a static field",
      () => {
        class Desk {
          @bare static field = 1;
        }
        return Desk;
      },
      "Desk.field is a field",
    ],
    [
      "a getter",
      () => {
        class Desk {
          @bare get got(): number {
            return 1;
          }
        }
        return Desk;
      },
      "Desk.got is a getter",
    ],
    [
      "a setter",
      () => {
        class Desk {
          @called set put(_: unknown) {}
        }
        return Desk;
      },
      "Desk.put is a setter",
    ],
    [
      "a static getter",
      () => {
        class Desk {
          @called static get got(): number {
            return 1;
          }
        }
        return Desk;
      },
      "Desk.got is a getter",
    ],
    [
      "a symbol member",
      () => {
        class Desk {
          @bare [member] = 1;
        }
        return Desk;
      },
      "Desk[Symbol(s)] is a field",
    ],
    [
      "a parameter",
      () => {
        class Desk {
          run(_first: number, @bare _second: number): void {}
        }
        return Desk;
      },
      "it was put on parameter 2 of Desk.run",
    ],
    [
      "a parameter of the constructor",
      () => {
        class Desk {
          constructor(@called _first: number) {}
        }
        return Desk;
      },
      "it was put on parameter 1 of Desk.constructor",
    ],
    [
      "a class",
      () => {
        @bare
        class Desk {}
        return Desk;
      },
      "Desk is a class",
    ],
    [
      "a class, called",
      () => {
        @called
        class Desk {}
        return Desk;
      },
      "Desk is a class",
    ],
  ];
  it.each(defined)("is a TypeError at class definition: %s", (_, define, what) => {
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`@${name} decorates methods only; ${what}`);
  });
});

it("a getter of a function, which compiles, is a TypeError at class definition", () => {
  const define = (): unknown => {
    class Desk {
      @Task get got(): () => number {
        return () => 1;
      }
    }
    return Desk;
  };
  expect(define).toThrow(new TypeError("@Task decorates methods only; Desk.got is a getter"));
});
